/** Evidence out of what was read: each layer by itself, nothing judged. */

import { sha256 } from '@noble/hashes/sha2.js'
import { fromHex, toHex } from '../bytes/text.ts'
import { STORE_TYPE } from '../credentials/presence.ts'
import { UNAVAILABLE, type CredentialsReader, type ReadManifest } from '../credentials/types.ts'
import { ReaderError } from '../errors.ts'
import { compareShown, pdqDistance, pdqOrientations, unseal, type MarkedComparison } from '../fingerprint/index.ts'
import { timeText } from '../proof/fields.ts'
import { check, isCovered, readResponse, together, type Checked } from '../response/index.ts'
import { createdAt, unpackPayload } from '../watermark/index.ts'
import { readAuthorities, worthOf, type Authorities } from './authorities.ts'
import { NOT_ASKED, type Candidate, type Content, type Evidence, type EvidenceMark, type Lookup, type Manifest, type Reply } from './evidence.ts'
import type { Examination, Mark } from './examine.ts'
import type { Options } from './options.ts'

/** Texts that are opened at most: each takes most of a second. */
const MOST_OPENED = 12
/** Bits of PDQ in which pictures that look alike differ at most, and the quality with which it tells pictures apart. */
const [MOST_BITS, LEAST_QUALITY] = [31, 50]

export interface Gathered {
  readonly evidence: Evidence
  readonly authorities: Authorities
  readonly responses: readonly Checked[]
  /** Responses that can't be read. */
  readonly unread: number
  /** Whether there were Content Credentials to read, and what reads them could not be had. */
  readonly missing: boolean
  /** Stamps that responses are about whose pictures look like this one. */
  readonly like: readonly string[]
  /** The manifests of the file; of responses, by the manifest that evidence has. */
  readonly own: readonly ReadManifest[]
  readonly sources: ReadonlyMap<Manifest, readonly ReadManifest[]>
  readonly comparisons: ReadonlyMap<Candidate, MarkedComparison>
  /** Of candidates whose text the mark does not open. */
  readonly sealed: ReadonlySet<Candidate>
}

/** Reads manifests, each once. */
class Manifests {
  /** Whether there were some to read, and what reads them could not be had. */
  missing = false
  readonly #open: (() => Promise<CredentialsReader>) | undefined
  #opened: Promise<CredentialsReader | undefined> | undefined
  readonly #anchors: string
  readonly #known = new Map<string, Promise<readonly ReadManifest[] | undefined>>()

  constructor(open: (() => Promise<CredentialsReader>) | undefined, anchors: string) {
    this.#open = open
    this.#anchors = anchors
  }

  /** Of a store by itself; undefined where it can't be read. */
  read(store: Uint8Array): Promise<readonly ReadManifest[] | undefined> {
    const name = toHex(sha256(store))
    const known = this.#known.get(name) ?? this.#readOnce(store)
    this.#known.set(name, known)
    return known
  }

  /** Of the file, bound to its bytes. */
  async own({ store }: Examination): Promise<readonly ReadManifest[]> {
    const reader = store && (await this.#reader())
    if (!reader) return []
    try {
      const found = (await reader.read(store.file, store.type, this.#anchors)) ?? []
      return store.type === STORE_TYPE ? found.map(unbound) : found
    } catch (error) {
      if (error instanceof ReaderError) return [UNREADABLE]
      throw error
    }
  }

  async #readOnce(store: Uint8Array): Promise<readonly ReadManifest[] | undefined> {
    const reader = await this.#reader()
    if (!reader) throw new ReaderError(UNAVAILABLE, 'Nothing at hand reads Content Credentials.')
    return reader.read(store, STORE_TYPE, this.#anchors).catch(unreadable)
  }

  /** What reads them is asked for once, however many wait for it. */
  #reader(): Promise<CredentialsReader | undefined> {
    this.#opened ??= this.#openOnce()
    return this.#opened
  }

  async #openOnce(): Promise<CredentialsReader | undefined> {
    try {
      return await this.#open?.()
    } catch (error) {
      if (!(error instanceof ReaderError && error.code === UNAVAILABLE)) throw error
      this.missing = true
      return undefined
    }
  }
}

function unreadable(error: unknown): undefined {
  if (error instanceof ReaderError) return undefined
  throw error
}

/** Gathers what marks lead to; the rest of the evidence is the same whichever marks are followed. */
export type Gather = (marks: readonly Mark[], tell: (share: number) => void) => Promise<Gathered>

/** Read all that does not depend on marks, once. */
export async function prepare(examination: Examination, options: Options): Promise<Gather> {
  const authorities = await readAuthorities(options.trust ?? {})
  const manifests = new Manifests(options.credentials, authorities.anchors)
  const { checked, unread } = await answers(options.responses ?? [], authorities, manifests, examination.examined)
  const own = await manifests.own(examination)
  const sources = new Map<Manifest, readonly ReadManifest[]>()
  const judged = async (read: readonly ReadManifest[]): Promise<Manifest> => {
    const found = await manifestOf(read[0]!, authorities, checked)
    sources.set(found, read)
    return found
  }
  const manifest = own.length ? await judged(own) : null
  const comparing = new Comparing(examination, manifest, own[0])
  return async (found, tell) => {
    const marks: EvidenceMark[] = []
    for (const [n, mark] of found.entries()) {
      tell(n / found.length)
      options.signal?.throwIfAborted()
      marks.push(await markOf(mark, checked, manifests, judged, comparing, manifest))
    }
    const like = likeStamps(examination, found, checked, manifest?.payload ?? null)
    const evidence = { sha256: examination.sha256, examined_at: timeText(examination.examined), manifest, lookup: NOT_ASKED, marks, similar: like.length > 0 }
    return { evidence, authorities, responses: checked, unread, missing: manifests.missing, like, own, sources, comparisons: comparing.found, sealed: comparing.sealed }
  }
}

/** The stamps not found here that responses are about, and whose pictures look like this one in any orientation. */
function likeStamps({ picture, pdq }: Examination, marks: readonly Mark[], responses: readonly Checked[], own: string | null): string[] {
  const records = responses.flatMap(({ fault, response }) => (fault === null && response.payload.record ? [response.payload.record.leaf] : []))
  const found = [own, ...marks.map(({ stampId }) => stampId)]
  const telling = records.filter((record) => record.pdq_quality >= LEAST_QUALITY && !found.includes(record.stamp_id))
  if (!picture || !telling.length || pdq!.quality < LEAST_QUALITY) return []
  const hashes = pdqOrientations(picture)
  return telling.filter((record) => hashes.some((hash) => pdqDistance(hash, fromHex(record.pdq)!) <= MOST_BITS)).map((record) => record.stamp_id)
}

async function answers(files: readonly Uint8Array[], { directories }: Authorities, manifests: Manifests, now: Date) {
  const signerOf = async (store: Uint8Array) => (await manifests.read(store))?.[0]?.chain
  const one = async (file: Uint8Array) => check(readResponse(file), directories, now, signerOf)
  const checked = await Promise.all(files.map((file) => one(file).catch(unreadable)))
  const read = checked.filter((each) => each !== undefined)
  return { checked: together(read), unread: files.length - read.length }
}

/** A store by itself is tied to the bytes of no picture. */
function unbound(read: ReadManifest): ReadManifest {
  const bare = read.active && (read.integrity === 'intact' || read.integrity === 'changed')
  return bare ? { ...read, integrity: 'unbound', failures: read.failures.filter((code) => !code.endsWith('Hash.mismatch')) } : read
}

/** What stands for credentials that can't be read. */
const UNREADABLE: ReadManifest = {
  urn: '',
  active: true,
  integrity: 'unreadable',
  trusted: false,
  failures: ['manifest.damaged'],
  chain: [],
  signerName: null,
  signedAt: null,
  stamp: null,
  actions: [],
  ingredients: [],
  redactions: [],
  wholeFile: false,
}

/** Times as evidence has them: with microseconds. */
const precise = (time: string | null) => (time === null ? null : time.replace(/Z$/, '.000000Z'))

async function manifestOf(read: ReadManifest, authorities: Authorities, responses: readonly Checked[]): Promise<Manifest> {
  const made = read.actions.find((action) => action.stated && action.source_type !== null)
  const created = precise(made?.time ?? null)
  const worth = await worthOf(read, created, authorities)
  const payload = read.stamp?.payload ?? null
  const about = responses.filter(({ fault, response }) => fault === null && response.payload.stamp_id === payload)
  const covered = await Promise.all(about.map(({ listed }) => isCovered(listed!.entry, read.chain)))
  return {
    urn: read.urn,
    integrity: read.integrity,
    ...worth,
    number: read.stamp?.number ?? null,
    payload,
    stamped_minute: payload && timeText(createdAt(unpackPayload(fromHex(payload)!))),
    created,
    model: made?.model ?? null,
    model_version: made?.model_version ?? null,
    source_type: made?.source_type ?? null,
    ancestors: read.ingredients.flatMap(({ urn }) => (urn ? [urn] : [])),
    content: 'not compared',
    beside: false,
    proved_at: null,
    time_basis: 'stated',
    other_log: false,
    replies: about.filter((_, n) => covered[n]).map(replyOf),
  }
}

function replyOf({ response: { payload } }: Checked): Reply {
  const { record, revocation, outcome } = payload
  const found: Lookup = record
    ? {
        status: 'found',
        urn: record.leaf.manifest_urn,
        sha256: record.leaf.sha256,
        created: record.leaf.created,
        recorded: record.leaf.recorded,
        revocation: revocation && { stamp_id: revocation.leaf.stamp_id, revoked: revocation.leaf.revoked, since: revocation.leaf.since },
      }
    : { ...NOT_ASKED, status: outcome === 'none' ? 'none' : 'not asked' }
  return { as_of: payload.as_of, lookup: found }
}

async function markOf(
  mark: Mark,
  responses: readonly Checked[],
  manifests: Manifests,
  judged: (read: readonly ReadManifest[]) => Promise<Manifest>,
  comparing: Comparing,
  own: Manifest | null,
): Promise<EvidenceMark> {
  const { detection, fields, created, stampId, version } = mark
  const candidates: Candidate[] = []
  for (const each of responses) {
    const { record, stamp_id: stamp } = each.response.payload
    const read = each.fault === null && record && stamp === stampId ? await manifests.read(record.manifest) : undefined
    if (read?.length) candidates.push(await comparing.candidate(mark, await judged(read), read[0]!, replyOf(each)))
  }
  if (own?.payload === stampId) candidates.push(await comparing.candidate(mark, own, comparing.own!, null))
  return {
    payload: stampId,
    version,
    producer: fields?.producer ?? 0,
    minute: created ? timeText(created) : null,
    region: detection.region,
    lookup: NOT_ASKED,
    candidates,
  }
}

/** Holds the picture against signed fingerprints: each text is opened once, and few are. */
class Comparing {
  readonly found = new Map<Candidate, MarkedComparison>()
  readonly sealed = new Set<Candidate>()
  readonly own: ReadManifest | undefined
  readonly #examination: Examination
  readonly #manifest: Manifest | null
  readonly #known = new Map<string, MarkedComparison | undefined>()

  constructor(examination: Examination, manifest: Manifest | null, own: ReadManifest | undefined) {
    this.#examination = examination
    this.#manifest = manifest
    this.own = own
  }

  async candidate(mark: Mark, manifest: Manifest, read: ReadManifest, reply: Reply | null): Promise<Candidate> {
    const part = { manifest, recorded: false, reply }
    if (this.#binds(manifest)) return { ...part, content: 'bound', region: null }
    const lattice = read.stamp?.lattice
    const worth = manifest.trusted && manifest.payload === mark.stampId
    if (!worth || !lattice || lattice === 'none') return { ...part, content: 'not compared', region: null }
    const compared = await this.#compare(mark, lattice)
    const result = compared?.comparison.result ?? 'inconclusive'
    const content: Content = result === 'far' && (this.#examination.film || this.#examination.moves) ? 'inconclusive' : result
    const candidate = { ...part, content, region: content === 'near' ? (compared!.region ?? null) : null }
    if (compared) this.found.set(candidate, compared)
    else this.sealed.add(candidate)
    return candidate
  }

  /** Whether the file's own manifest binds these bytes, and leaves out only what it has to. */
  #binds(manifest: Manifest): boolean {
    const own = this.#manifest
    if (!own?.trusted || own.integrity !== 'intact' || !this.own?.wholeFile) return false
    return manifest === own || (manifest.urn === own.urn && manifest.payload === own.payload)
  }

  async #compare({ detection }: Mark, lattice: string): Promise<MarkedComparison | undefined> {
    const name = `${toHex(detection.payload)}${toHex(detection.lock)} ${lattice}`
    if (this.#known.has(name)) return this.#known.get(name)
    if (this.#known.size >= MOST_OPENED) return undefined
    const signed = await unseal(lattice, detection.payload, detection.lock)
    const compared = signed && compareShown(signed, this.#examination.shown, detection)
    this.#known.set(name, compared)
    return compared
  }
}
