/** Whom the person who asks believes: anchors, directories, and what they say of a signer. */

import { readPem, writePem, type Certificate } from '../certificates/certificate.ts'
import { DerError } from '../certificates/der.ts'
import { pathOf, pathTo } from '../certificates/path.ts'
import type { ReadManifest } from '../credentials/types.ts'
import { Directories, RANKS } from '../directory/directories.ts'
import { nameClaim, numberClaim, sort } from '../directory/standing.ts'
import { ReaderError } from '../errors.ts'
import type { Manifest } from './evidence.ts'
import type { Trust } from './options.ts'

/** An authority that a producer made for itself speaks for its own entry alone, even where it is among the anchors. */
const OWN_AUTHORITY = 'Development authority'

export interface Authorities {
  readonly directories: Directories
  /** Those that may certify any name. */
  readonly vetting: readonly Certificate[]
  /** Everything that a signer may lead to, as PEM. */
  readonly anchors: string
}

export async function readAuthorities({ anchors = [], directoryAnchors = [], directories = [] }: Trust): Promise<Authorities> {
  const vetting = anchors.flatMap(certificatesIn).filter(({ subjectText }) => !subjectText.includes(OWN_AUTHORITY))
  const trust = { directoryAnchors: directoryAnchors.flatMap(certificatesIn), nameAnchors: vetting }
  const found = await Directories.read(directories.map(({ data }) => data), trust)
  const brought = found.listed.flatMap(({ entry }) => (entry.authority ? [entry.authority] : []))
  return { directories: found, vetting, anchors: writePem([...vetting, ...brought]) }
}

function certificatesIn(pem: string): Certificate[] {
  try {
    return readPem(pem)
  } catch (error) {
    if (error instanceof DerError) throw new ReaderError('trust', 'A file of authorities holds no certificates that can be read.', { cause: error })
    throw error
  }
}

/** What the signer of a manifest is worth. */
export type SignerWorth = Pick<Manifest, 'trusted' | 'vetted' | 'name_claim' | 'number_claim' | 'producer_name' | 'self_named' | 'revoked_at'>

export async function worthOf(read: ReadManifest, created: string | null, { directories, vetting }: Authorities): Promise<SignerWorth> {
  const path = await pathOf(read.chain)
  const vetted = read.trusted && path.length > 0 && (await pathTo(path, vetting)) !== undefined
  const { ours } = path.length ? await sort(directories.listed, { path }) : { ours: [] }
  const [first] = [...ours].sort((one, other) => RANKS[other.directory.standing] - RANKS[one.directory.standing])
  const name = first?.entry.name ?? path[0]?.name ?? read.signerName ?? ''
  const signer = { path, name, vetted }
  const { stamp } = read
  const number = stamp ? await numberOf(read, stamp.payload, signer, created, directories) : 'no number'
  const revoked = ours.map(({ entry }) => directories.revokedAt(entry)).filter((at) => at !== null)
  return {
    trusted: read.trusted && (vetted || ours.length > 0),
    vetted,
    name_claim: await nameClaim(directories, signer),
    number_claim: number,
    producer_name: name,
    self_named: !vetted && first !== undefined && first.directory.standing !== 'authority',
    revoked_at: revoked.sort()[0] ?? null,
  }
}

async function numberOf(
  { stamp }: ReadManifest,
  payload: string,
  signer: { path: readonly Certificate[]; name: string; vetted: boolean },
  created: string | null,
  directories: Directories,
): Promise<Manifest['number_claim']> {
  const number = parseInt(payload.slice(1, 6), 16)
  return stamp!.number === number ? numberClaim(directories, signer, number, created) : 'other'
}
