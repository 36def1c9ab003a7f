/** The verdict: a pure function from evidence to one of six states (docs/verdicts.md). */

import { area, overlap } from '../numeric/polygons.ts'
import { piecesOf, type Piece } from './reasons.ts'
import type { DecidedOrigin, Evidence, Reason } from './evidence.ts'
import type { Match, State } from './types.ts'

/** Of the smaller region, what two parts may share. */
const MOST_SHARED = 0.3
/** What a registry that was asked must not have shown, if its silence is to count: lost or rewritten entries, or a revocation that was not used. */
const BELIED: ReadonlySet<string> = new Set(['registry.log_integrity', 'revocation.refused'])
const CONTRADICTING: readonly Reason[] = ['moved', 'number_of_another', 'times_differ', 'content_far']

export interface Decision {
  readonly state: State
  readonly origin: DecidedOrigin | null
  /** The share of the picture that the proof is about; null without one. */
  readonly coverage: number | null
  /** Whose proofs are of other parts. */
  readonly beside: readonly string[]
  readonly pieces: readonly Piece[]
  /** The proof that decided. */
  readonly proof: Piece | undefined
  readonly revocation: 'registry' | 'response' | 'unchecked' | 'no stamp'
  readonly revocationAsOf: string | null
}

export function decide(evidence: Evidence): Decision {
  const pieces = piecesOf(evidence)
  const proofs = pieces.filter(({ reason }) => reason === 'proved')
  const leading = proofs.filter((proof) => proofs.every((other) => covers(proof, other) || apart(proof, other)))
  const proof = leading.reduce<Piece | undefined>((best, each) => (!best || coverageOf(each) > coverageOf(best) ? each : best), undefined)
  const words = revocationWord(evidence, proof)
  const decided = { pieces, proof, revocation: words.revocation, revocationAsOf: words.asOf }
  if (!proof) return { state: stateWithout(evidence, pieces), origin: null, coverage: null, beside: [], ...decided }
  const beside = proofs.filter((other) => other !== proof && apart(proof, other)).map(({ manifest }) => manifest!.producer_name)
  return { state: 'attributed', origin: originOf(evidence, pieces, proof), coverage: coverageOf(proof), beside, ...decided }
}

function stateWithout({ similar }: Evidence, pieces: readonly Piece[]): State {
  const has = (test: (reason: Reason) => boolean) => pieces.some(({ reason }) => test(reason))
  if (has((reason) => reason === 'proved' || CONTRADICTING.includes(reason))) return 'conflict'
  if (has((reason) => reason === 'damaged')) return 'tampered'
  if (has((reason) => reason !== 'alike' && reason !== 'stray')) return 'claimed'
  return similar || has((reason) => reason === 'alike') ? 'similar' : 'none'
}

const coverageOf = ({ region }: Piece) => region?.coverage ?? 1

/** Whether a proof says what another does, or was made from it. */
function covers(one: Piece, other: Piece): boolean {
  if (one === other) return true
  const [a, b] = [one.manifest!, other.manifest!]
  const same = a.payload !== null && a.payload === b.payload && a.producer_name === b.producer_name
  return same || (b.urn !== '' && a.ancestors.includes(b.urn))
}

/** Whether two marks are on different parts of the picture. */
function apart({ region: one }: Piece, { region: other }: Piece): boolean {
  if (!one || !other) return false
  const smaller = Math.min(Math.abs(area(one.corners)), Math.abs(area(other.corners)))
  return Math.abs(area(overlap(one.corners, other.corners))) <= MOST_SHARED * smaller
}

function originOf(evidence: Evidence, pieces: readonly Piece[], { manifest, mark }: Piece): DecidedOrigin {
  const { producer_name: producer, payload, model, model_version, source_type, created, time_basis } = manifest!
  const recorded = payload === null ? undefined : pieces.find((each) => each.mark?.payload === payload && each.manifest?.payload === payload && each.record === 'found')
  return {
    producer,
    match: mark ? 'derived' : ownMatch(evidence),
    stamp_id: payload,
    model: model || null,
    model_version: model_version || null,
    source_type: source_type || null,
    created,
    recorded: recorded?.lookup.recorded ?? null,
    time_basis,
  }
}

function ownMatch({ manifest, lookup, sha256 }: Evidence): Match {
  const answers = [lookup, ...manifest!.replies.map((reply) => reply.lookup)]
  const same = manifest!.urn !== '' && answers.some((each) => each.status === 'found' && each.urn === manifest!.urn && each.sha256 === sha256)
  return same ? 'exact' : 'bound'
}

/** On whose word it rests that the stamp is not revoked. */
function revocationWord(evidence: Evidence, proof: Piece | undefined): { revocation: Decision['revocation']; asOf: string | null } {
  const own = evidence.manifest ? { manifest: evidence.manifest, lookup: evidence.lookup } : undefined
  const proved = proof && { manifest: proof.manifest!, lookup: proof.mark?.lookup ?? evidence.lookup }
  const first = piecesOf(evidence).find(({ mark, manifest }) => mark && manifest)
  const of = proved ?? own ?? (first && { manifest: first.manifest!, lookup: first.mark!.lookup })
  if (!of || of.manifest.payload === null) return { revocation: 'no stamp', asOf: null }
  const belied = evidence.notes?.some((code) => BELIED.has(code))
  if (of.lookup.status === 'found' && !of.manifest.other_log && !belied) return { revocation: 'registry', asOf: evidence.examined_at }
  const times = of.manifest.replies.filter(({ lookup }) => lookup.status === 'found').map((reply) => reply.as_of)
  return times.length ? { revocation: 'response', asOf: times.sort().at(-1)! } : { revocation: 'unchecked', asOf: null }
}
