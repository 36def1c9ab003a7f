/** From a file to its verdict: the door to this folder. */

import { examine, type Examination } from './examine.ts'
import type { Options } from './options.ts'
import { VERDICT_SCHEMA, type Finding, type Freshness, type Verdict } from './types.ts'

export interface Examined extends Examination {
  readonly verdict: Verdict
}

/** The verdict alone, as JSON has it. */
export async function verify(file: Uint8Array, options: Options): Promise<Verdict> {
  return (await verifyWhole(file, options)).verdict
}

/** The verdict, and what it was made from: marks, fingerprint, pixels. */
export async function verifyWhole(file: Uint8Array, options: Options): Promise<Examined> {
  const examination = await examine(file, options)
  return { ...examination, verdict: verdictOf(examination) }
}

function verdictOf(examination: Examination): Verdict {
  const { input, sha256, failure, marks } = examination
  const evidence = marks.map(markFinding)
  return {
    schema: VERDICT_SCHEMA,
    input,
    sha256,
    depth: failure ? null : 'full',
    state: failure ? null : marks.length ? 'claimed' : 'none',
    origin: null,
    history: [],
    summary: [],
    freshness: failure ? null : freshnessOf(examination),
    lists: null,
    evidence,
    error: failure ? { code: failure.code, message: failure.message } : null,
  }
}

function markFinding({ key, fields, created, stampId, detection }: Examination['marks'][number]): Finding {
  const who = fields
    ? `producer number ${fields.producer}, model number ${fields.model}, ${created!.toISOString().slice(0, 16)}Z, stamp ${stampId}`
    : `stamp ${stampId}, of a layout that is not known here`
  return {
    layer: 'watermark',
    finding: `The picture carries a ${key} mark. Anybody can write a public one: alone it proves nothing.`,
    says: who,
    codes: [`watermark.${key}`],
    region: { corners: detection.region.corners, coverage: detection.region.coverage },
    false_positive_probability: detection.falsePositiveProbability,
  }
}

function freshnessOf({ examined, marks }: Examination): Freshness {
  return {
    examined: `${examined.toISOString().slice(0, 19)}Z`,
    revocation: marks.length ? 'unchecked' : 'no stamp',
    revocation_as_of: null,
    directories: [],
    responses: [],
    registry: null,
  }
}
