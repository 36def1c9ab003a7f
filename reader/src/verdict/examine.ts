/** Everything that is read of one file, each thing once. Nothing is judged here. */

import { sha256 } from '@noble/hashes/sha2.js'
import { hasCredentials, mediaTypeOf, pointsElsewhere } from '../credentials/presence.ts'
import { ReaderError } from '../errors.ts'
import { detectFramesWatched, type Film, type FilmDetection } from '../film/index.ts'
import { pdq, type Pdq } from '../fingerprint/index.ts'
import type { Picture } from '../picture/picture.ts'
import { createdAt, detectWatched, PUBLIC_KEY, toHex, unpackPayload, type Detection, type Payload } from '../watermark/index.ts'
import { mayMove } from './moving.ts'
import type { Tell } from './meter.ts'
import type { Options } from './options.ts'

/** The version of the payload whose fields are known. */
const KNOWN_VERSION = 1
/** The share of the time that is spent before the search for marks, and after it. */
const [BEFORE, AFTER] = [0.1, 0.2]

export interface Mark {
  /** 0 is the public key, then come those of private marks in their order. */
  readonly layer: number
  /** The 96 bits in hex: what a producer's registry is asked by. */
  readonly stampId: string
  readonly key: 'public' | 'private'
  readonly version: number
  /** Producer, model and time; undefined where the version is unknown. */
  readonly fields: Payload | undefined
  readonly created: Date | undefined
  readonly detection: Detection
}

/** A film, and between which moments the mark was seen. */
export interface FilmSeen extends Film {
  readonly marked: Span | null
}

export interface Span {
  readonly from: number
  readonly to: number
  /** Of the film's length. */
  readonly share: number
  /** The stamp of that mark. */
  readonly stampId: string
}

export interface Examination {
  readonly input: string | null
  readonly sha256: string
  /** Undefined where the picture could not be decoded: `failure` says why. */
  readonly picture: Picture | undefined
  readonly failure: ReaderError | undefined
  readonly pdq: Pdq | undefined
  readonly film: FilmSeen | undefined
  /** Whether it may be a moving picture, of which the first frame alone is looked at. */
  readonly moves: boolean
  /** What signed fingerprints are held against: the picture, or a film's frames, those first that its file spends most on. */
  readonly shown: readonly Picture[]
  readonly marks: readonly Mark[]
  /** The file and its media type, where it carries Content Credentials. */
  readonly store: { readonly file: Uint8Array; readonly type: string } | undefined
  /** Whether the file only points to a manifest elsewhere. */
  readonly remote: boolean
  readonly examined: Date
}

/** `tell` takes shares up to where comparing begins. */
export async function examine(file: Uint8Array, options: Options, tell: Tell): Promise<Examination> {
  const type = hasCredentials(file) ? mediaTypeOf(file) : undefined
  const begun = {
    input: options.name ?? null,
    sha256: toHex(sha256(file)),
    examined: options.now ?? new Date(),
    store: type === undefined ? undefined : { file, type },
    remote: !hasCredentials(file) && pointsElsewhere(file),
    moves: !options.film && mayMove(file),
  }
  tell('reading', 0)
  if (options.film) return { ...begun, ...(await examineFilm(options.film, options, tell)) }
  const decoded = await decoding(file, options)
  options.signal?.throwIfAborted()
  if (decoded instanceof ReaderError) return { ...begun, ...NOTHING, failure: decoded }
  tell('fingerprint', BEFORE / 2)
  const hash = pdq(decoded)
  const keys = keysOf(options)
  const found: Mark[] = []
  for (const layer of keys.keys()) {
    const told = (share: number) => tell('mark', BEFORE + ((1 - BEFORE - AFTER) * (layer + share)) / keys.length)
    found.push(...(await marksOf(decoded, layer, options, options.allMarks ?? false, told)))
  }
  return { ...begun, ...NOTHING, picture: decoded, pdq: hash, shown: [decoded], marks: found }
}

const NOTHING = { picture: undefined, failure: undefined, pdq: undefined, film: undefined, shown: [], marks: [] }

async function examineFilm(film: Film, options: Options, tell: Tell) {
  const { shots } = film
  const [frames, worths] = [shots.map(({ picture }) => picture), shots.map(({ worth }) => worth)]
  const keys = keysOf(options)
  const marks: Mark[] = []
  let marked: Span | null = null
  for (const [layer, key] of keys.entries()) {
    const progress = (_: string, share: number) => tell('mark', ((1 - AFTER) * (layer + share)) / keys.length)
    const found = await detectFramesWatched(frames, worths, key, { progress, ...(options.signal && { signal: options.signal }) })
    if (!found) continue
    marks.push(markOf(found, layer))
    marked ??= spanOf(found, film)
  }
  const byWorth = [...shots].sort((one, other) => other.worth - one.worth)
  return { ...NOTHING, film: { ...film, marked }, shown: byWorth.map(({ picture }) => picture), marks }
}

/** When a mark was seen first and last, and in how much of the film: each run counts from its first frame to its last, and one frame more. */
function spanOf({ runs, payload }: FilmDetection, { shots, seconds, frames }: Film): Span {
  const at = (n: number) => shots[n]!.at
  const frame = seconds / Math.max(1, frames ?? shots.length)
  const long = runs.reduce((sum, { first, last }) => sum + at(last) - at(first) + frame, 0)
  return { from: at(runs[0]!.first), to: at(runs.at(-1)!.last), share: seconds > 0 ? Math.min(1, long / seconds) : 1, stampId: toHex(payload) }
}

function decoding(file: Uint8Array, { decode }: Options): Promise<Picture | ReaderError> {
  if (!decode) throw new RangeError('A picture needs something that decodes it.')
  return decode(file).catch(failureOf)
}

/** The share that is spent when everything is read, and what remains. */
export const READ = 1 - AFTER

function failureOf(error: unknown): ReaderError {
  if (error instanceof ReaderError) return error
  return new ReaderError('input.corrupt', "The file's picture can't be decoded.", { cause: error })
}

/** The marks that were found, and all others in these layers behind them. */
export async function furtherMarks({ picture, marks }: Examination, layers: readonly number[], options: Options, tell: (share: number) => void): Promise<Mark[]> {
  const nameOf = ({ layer, detection: { payload, lock } }: Mark) => `${layer} ${toHex(payload)}${toHex(lock)}`
  const found = new Map(marks.map((mark) => [nameOf(mark), mark]))
  for (const [n, layer] of layers.entries()) {
    const all = await marksOf(picture!, layer, options, true, (share) => tell((n + share) / layers.length))
    for (const mark of all) if (!found.has(nameOf(mark))) found.set(nameOf(mark), mark)
  }
  return Array.from(found.values())
}

const keysOf = ({ keys }: Options) => [PUBLIC_KEY, ...(keys ?? [])]

async function marksOf(picture: Picture, layer: number, options: Options, all: boolean, tell: (share: number) => void): Promise<Mark[]> {
  const { signal } = options
  const detections = await detectWatched(picture, keysOf(options)[layer]!, { all, progress: (_, share) => tell(share), ...(signal && { signal }) })
  return detections.map((detection) => markOf(detection, layer))
}

function markOf(detection: Detection, layer: number): Mark {
  const fields = unpackPayload(detection.payload)
  const known = fields.version === KNOWN_VERSION ? fields : undefined
  return {
    layer,
    stampId: toHex(detection.payload),
    key: layer ? 'private' : 'public',
    version: fields.version,
    fields: known,
    created: known && createdAt(known),
    detection,
  }
}
