/** What each piece of evidence is worth: the first question with a bad answer gives the reason. */

import type { Candidate, Evidence, EvidenceMark, Lookup, Manifest, Reason, Region, Revocation } from './evidence.ts'

/** Microseconds by which times may differ. */
const APART = 120_000_000
const KNOWN_VERSION = 1

/** A piece of evidence: the file's own manifest, or a mark with the manifest that speaks for it. */
export interface Piece {
  readonly reason: Reason
  readonly manifest: Manifest | null
  /** Undefined for the file's own manifest. */
  readonly mark: EvidenceMark | undefined
  readonly region: Region | undefined
  readonly candidate: Candidate | undefined
  /** What the record says, where it has a say. */
  readonly lookup: Lookup
  readonly record: Lookup['status']
}

export const isAuthentic = ({ trusted, integrity }: Manifest) => trusted && (integrity === 'intact' || integrity === 'changed')
const isDamaged = ({ integrity }: Manifest) => integrity === 'changed' || integrity === 'broken' || integrity === 'unreadable'
const fits = ({ content }: { content: Manifest['content'] }) => content === 'near' || content === 'bound'
/** Whether a trusted signer signed a mark's bits for what the picture shows. */
export const isSpokenFor = ({ candidates }: EvidenceMark) => candidates.some((each) => isAuthentic(each.manifest) && fits(each))

function microseconds(time: string): number {
  return 1000 * Date.parse(`${time.slice(0, 23)}Z`) + Number(time.slice(23, 26))
}

function agree(...times: readonly (string | null)[]): boolean {
  const known = times.filter((time) => time !== null).map(microseconds)
  return !known.length || Math.max(...known) - Math.min(...known) <= APART
}

/** The revocation of a manifest's stamp: by one of its responses, else by a registry. */
function revocationOf(manifest: Manifest, lookup: Lookup): Revocation | null {
  const replied = manifest.replies.find((reply) => reply.lookup.revocation)?.lookup.revocation
  if (replied) return replied
  const { status, revocation, urn } = lookup
  const applies = status === 'found' && revocation?.stamp_id === manifest.payload && urn === manifest.urn && !manifest.other_log
  return applies ? revocation : null
}

function revokedReason(manifest: Manifest, lookup: Lookup): Reason | undefined {
  const { revoked_at: at, proved_at: proved } = manifest
  if (at !== null && (proved === null || proved >= at)) return 'revoked'
  const revocation = revocationOf(manifest, lookup)
  if (revocation && (revocation.since === null || proved === null || proved >= revocation.since)) return 'stamp_revoked'
  return undefined
}

function reasonOfManifest(manifest: Manifest, lookup: Lookup): Reason {
  const { integrity, content, beside, trusted } = manifest
  const revoked = revokedReason(manifest, lookup)
  if (isDamaged(manifest)) {
    const vouched = isAuthentic(manifest) && !revoked && manifest.name_claim !== 'other' && manifest.number_claim !== 'other'
    if (beside) return vouched && content === 'near' ? 'alike' : 'stray'
    return vouched && integrity === 'changed' && content === 'far' ? 'moved' : 'damaged'
  }
  if (integrity === 'unbound') return 'unbound'
  if (!trusted) return 'untrusted'
  if (manifest.name_claim === 'other') return 'name_of_another'
  if (manifest.number_claim === 'other') return 'number_of_another'
  if (revoked) return revoked
  return agree(manifest.created, manifest.stamped_minute) ? 'proved' : 'times_differ'
}

function reasonOfMark(mark: EvidenceMark, candidate: Candidate | undefined, lookup: Lookup, record: Lookup['status']): Reason {
  if (mark.version !== KNOWN_VERSION) return 'version_unknown'
  if (!candidate) return 'unrecorded'
  const { manifest } = candidate
  if (!isAuthentic(manifest)) return 'untrusted'
  if (manifest.payload !== mark.payload) return 'not_repeated'
  if (manifest.name_claim === 'other') return 'name_of_another'
  if (manifest.number_claim === 'other' || manifest.number !== mark.producer) return 'number_of_another'
  if (manifest.number_claim === 'lapsed') return 'number_lapsed'
  if (manifest.number_claim !== 'bound') return 'number_unknown'
  const revoked = revokedReason(manifest, mark.lookup)
  if (revoked) return revoked
  if (!agree(mark.minute, manifest.created, record === 'found' ? lookup.created : null)) return 'times_differ'
  if (candidate.content === 'far') return 'content_far'
  return fits(candidate) ? 'proved' : 'content_unsure'
}

/** By what a manifest leads: its rights, then where it came from. */
function rightsOf({ manifest }: Candidate, mark: EvidenceMark): readonly [boolean, boolean, boolean] {
  const repeats = isAuthentic(manifest) && manifest.payload === mark.payload
  const bound = repeats && manifest.number_claim === 'bound'
  return [repeats, bound, bound && manifest.vetted]
}

function rankOf(candidate: Candidate, mark: EvidenceMark): number {
  const rights = rightsOf(candidate, mark).reduce((sum, right) => 2 * sum + Number(right), 0)
  return 3 * rights + (candidate.recorded ? 2 : candidate.reply ? 1 : 0)
}

function piecesOfMark(mark: EvidenceMark): Piece[] {
  const { candidates } = mark
  const lead = candidates.reduce<Candidate | undefined>((best, each) => (!best || rankOf(each, mark) > rankOf(best, mark) ? each : best), undefined)
  const speaking = lead ? [lead] : []
  const rights = lead && rightsOf(lead, mark)
  if (rights?.[0] && rights[1]) {
    for (const each of candidates) {
      const equal = rightsOf(each, mark).every((right, n) => right === rights[n])
      const met = speaking.some(({ manifest }) => manifest.producer_name === each.manifest.producer_name)
      if (each !== lead && equal && fits(each) && !met) speaking.push(each)
    }
  }
  return speaking.length ? speaking.map((candidate) => pieceOfMark(mark, candidate)) : [pieceOfMark(mark, undefined)]
}

function pieceOfMark(mark: EvidenceMark, candidate: Candidate | undefined): Piece {
  const lookup = candidate?.reply?.lookup ?? mark.lookup
  const other = lookup.urn !== null && (lookup.urn !== candidate?.manifest.urn || (!candidate.recorded && !candidate.reply))
  const record = other ? 'refused' : lookup.status
  const narrowed = candidate?.region && isAuthentic(candidate.manifest) ? candidate.region : mark.region
  return { reason: reasonOfMark(mark, candidate, lookup, record), manifest: candidate?.manifest ?? null, mark, region: narrowed, candidate, lookup, record }
}

/** Every piece: the file's own manifest first, then marks in their order. */
export function piecesOf(evidence: Evidence): Piece[] {
  const { manifest, lookup, marks } = evidence
  const own: Piece[] = manifest
    ? [{ reason: reasonOfManifest(manifest, lookup), manifest, mark: undefined, region: undefined, candidate: undefined, lookup, record: lookup.status }]
    : []
  return [...own, ...marks.flatMap(piecesOfMark)]
}
