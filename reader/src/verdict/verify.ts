/** From a file to its verdict: the door to this folder. */

import { sha256 } from '@noble/hashes/sha2.js'
import { toHex } from '../bytes/text.ts'
import { decide, type Decision } from './decide.ts'
import { examine, furtherMarks, READ, type Examination } from './examine.ts'
import { prepare, type Gather, type Gathered } from './gather.ts'
import { historyOf, summaryOf } from './history.ts'
import { Meter, type Tell } from './meter.ts'
import type { Options } from './options.ts'
import { isSpokenFor } from './reasons.ts'
import { findingsOf } from './sentences.ts'
import { VERDICT_SCHEMA, type FilmInVerdict, type Freshness, type Origin, type Verdict } from './types.ts'

/** The shares reached, where a further search may follow, when marks are compared for the first time, and when it ends. */
const [COMPARED, SEARCHED] = [0.5, 0.9]

export interface Examined extends Examination {
  readonly verdict: Verdict
  /** Whether there were Content Credentials that could not be looked at, as what reads them could not be had. */
  readonly credentialsMissing: boolean
}

/** The verdict alone, as JSON has it. */
export async function verify(file: Uint8Array, options: Options): Promise<Verdict> {
  return (await verifyWhole(file, options)).verdict
}

/** The verdict, and what it was made from: marks, fingerprint, pixels. */
export async function verifyWhole(file: Uint8Array, options: Options): Promise<Examined> {
  const meter = new Meter(options.progress)
  const first = await examine(file, options, meter.tell)
  const last = options.allMarks || first.film || !first.marks.length || !(first.store || options.responses?.length)
  meter.tell('credentials', last ? READ : 0)
  const gather = await prepare(first, options)
  const found = await judged(first, gather, meter.leg(last ? 1 : COMPARED))
  const layers = last ? [] : unsettled(found)
  const on = layers.length > 0
  const { examination, gathered, decision } = on ? await goOn(first, layers, gather, options, meter) : found
  const verdict = examination.failure && !gathered.own.length ? failed(examination) : await verdictOf(examination, gathered, decision, on, options)
  meter.tell('done', 1)
  return { ...examination, verdict, credentialsMissing: gathered.missing }
}

interface Judged {
  readonly examination: Examination
  readonly gathered: Gathered
  readonly decision: Decision
}

async function judged(examination: Examination, gather: Gather, tell: Tell): Promise<Judged> {
  const gathered = await gather(examination.marks, (share) => tell('comparing', share))
  return { examination, gathered, decision: decide(gathered.evidence) }
}

/**
 * The layers to search to their end: junk beside, around or over a mark must not hide it. Where nothing at hand could speak
 * for a mark, one is worth as much as another.
 */
function unsettled({ examination, gathered: { own, responses, evidence } }: Judged): number[] {
  const readable = own.some(({ active, integrity }) => active && integrity !== 'unreadable')
  if (!responses.length && !readable) return []
  return examination.marks.filter((_, n) => !isSpokenFor(evidence.marks[n]!)).map(({ layer }) => layer)
}

async function goOn(first: Examination, layers: readonly number[], gather: Gather, options: Options, meter: Meter): Promise<Judged> {
  const leg = meter.leg(SEARCHED)
  const marks = await furtherMarks(first, layers, options, (share) => leg('further', share))
  return judged({ ...first, marks }, gather, meter.leg(1))
}

function failed({ input, sha256, failure }: Examination): Verdict {
  return {
    schema: VERDICT_SCHEMA,
    input,
    sha256,
    depth: null,
    state: null,
    origin: null,
    history: [],
    summary: [],
    freshness: null,
    lists: null,
    film: null,
    evidence: [],
    error: { code: failure!.code, message: failure!.message },
  }
}

async function verdictOf(examination: Examination, gathered: Gathered, decision: Decision, on: boolean, options: Options): Promise<Verdict> {
  const told = historyManifest(gathered, decision)
  const history = await historyOf(told.read, told.trusted, gathered.authorities)
  return {
    schema: VERDICT_SCHEMA,
    input: examination.input,
    sha256: examination.sha256,
    depth: 'full',
    state: decision.state,
    origin: originOf(decision),
    history,
    summary: summaryOf(history, provedIn(decision)),
    freshness: freshnessOf(examination, gathered, decision, options),
    lists: null,
    film: filmOf(examination),
    evidence: findingsOf(examination, gathered, decision, on ? 'on' : options.allMarks ? 'all' : undefined),
    error: null,
  }
}

/** The manifests that prove an origin. */
function provedIn({ pieces }: Decision): Set<string> {
  return new Set(pieces.flatMap(({ reason, manifest }) => (reason === 'proved' && manifest?.urn ? [manifest.urn] : [])))
}

function filmOf({ film }: Examination): FilmInVerdict | null {
  const rounded = (second: number) => Math.round(1000 * second) / 1000
  if (!film) return null
  const { shots, frames, marked } = film
  return { seconds: rounded(film.seconds), frames, looked_at: shots.length, marked: marked && { from: rounded(marked.from), to: rounded(marked.to), share: Math.round(10_000 * marked.share) / 10_000, stamp_id: marked.stampId } }
}

const seconds = (time: string | null) => (time === null ? null : `${time.slice(0, 19)}Z`)

function originOf({ origin }: Decision): Origin | null {
  return origin && { ...origin, created: seconds(origin.created), recorded: seconds(origin.recorded) }
}

/** The file's own manifests, or else those that a mark leads to. */
function historyManifest({ own, evidence, sources }: Gathered, { pieces }: Decision) {
  const led = own.length ? undefined : pieces.find(({ mark, manifest }) => mark && manifest)
  const manifest = own.length ? evidence.manifest! : led?.manifest
  const counts = manifest?.trusted && !manifest.revoked_at
  return { read: own.length ? own : ((manifest && sources.get(manifest)) ?? []), trusted: counts ?? false }
}

function freshnessOf({ examined }: Examination, { authorities, responses, unread }: Gathered, decision: Decision, { trust }: Options): Freshness {
  const { directories } = authorities
  const files = new Map((trust?.directories ?? []).map(({ name, data }) => [toHex(sha256(data)), name]))
  const name = decision.origin?.producer
  const answers = responses.map(({ response: { payload }, fault }) => ({
    stamp_id: payload.stamp_id,
    outcome: payload.outcome as string,
    as_of: seconds(payload.as_of),
    fault: fault as string | null,
  }))
  const broken = Array.from({ length: unread }, () => ({ stamp_id: null, outcome: 'unread', as_of: null, fault: 'unread' }))
  return {
    examined: seconds(examined.toISOString())!,
    revocation: decision.revocation,
    revocation_as_of: seconds(decision.revocationAsOf),
    directories: directories.files.map((each) => ({
      file: files.get(each.sha256) ?? '',
      sha256: each.sha256,
      issued: seconds(each.issued),
      valid_until: seconds(each.validUntil),
      lists_producer: each.entries.some((entry) => entry.name === name),
    })),
    responses: [...answers, ...broken],
    registry: null,
  }
}
