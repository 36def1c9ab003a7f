/** V16 and V17: every case of the table, and who outranks whom. */

import { describe, expect, test } from 'vitest'
import type { Certificate } from '../src/certificates/certificate.ts'
import { Directories } from '../src/directory/directories.ts'
import type { Directory, Standing } from '../src/directory/file.ts'
import { nameClaim, numberClaim } from '../src/directory/standing.ts'
import { decide } from '../src/verdict/decide.ts'
import type { Evidence, Manifest } from '../src/verdict/evidence.ts'
import { cases, vector } from './vectors.ts'

describe('the table of cases', () => {
  const { manifests } = vector('verdict/cases.json') as { manifests: Manifest[] }
  const evidenceOf = (stated: { manifest: number | null; marks: { candidates: { manifest: number }[] }[] }) =>
    ({
      ...stated,
      manifest: stated.manifest === null ? null : manifests[stated.manifest],
      marks: stated.marks.map((mark) => ({ ...mark, candidates: mark.candidates.map((each) => ({ ...each, manifest: manifests[each.manifest]! })) })),
    }) as unknown as Evidence

  test.each(cases('verdict/cases.json'))('$name', ({ evidence, expected }) => {
    const { state, origin, coverage, beside, pieces, revocation, revocationAsOf } = decide(evidenceOf(evidence))
    const reasons = pieces.map(({ reason }) => reason)
    expect({ state, origin, coverage, beside, reasons, revocation, revocation_as_of: revocationAsOf }).toEqual(expected)
  })
})

describe('who outranks whom', () => {
  const STANDINGS: Record<string, Standing> = { own: 'self', vetted: 'vetted', authority: 'authority' }
  const entries: Record<string, object> = {
    ours: { number: 524_289, binding: { certificate: 'a' } },
    theirs: { number: 524_289, binding: { certificate: 'b' } },
    'theirs, under another number': { number: 524_290, binding: { certificate: 'b' } },
  }
  const entry = (name: string) => ({ name: 'Ada Images', revoked_at: null, valid_from: '', valid_to: null, authority: null, stated: {}, ...entries[name] })

  test.each(cases('verdict/standing.json'))('$name', async ({ signer, files, expected }) => {
    const directories = new Directories(
      files.map((file: { standing: string; lists: string[] }, n: number) => ({
        standing: STANDINGS[file.standing],
        issued: '',
        series: String(n),
        entries: file.lists.map(entry),
      })) as Directory[],
    )
    const ours = { path: [{ sha256: 'a' } as Certificate], name: 'Ada Images', vetted: signer === 'vetted' }
    const number = await numberClaim(directories, ours, 524_289, null)
    expect({ name: await nameClaim(directories, ours), number: number === 'unknown' ? 'free' : number }).toEqual(expected)
  })
})
