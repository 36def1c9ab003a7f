/** Everything that is read of one file, each thing once. Nothing is judged here. */

import { sha256 } from '@noble/hashes/sha2.js'
import { hasCredentials, mediaTypeOf, pointsElsewhere } from '../credentials/presence.ts'
import { ReaderError } from '../errors.ts'
import { pdq, type Pdq } from '../fingerprint/index.ts'
import type { Picture } from '../picture/picture.ts'
import { createdAt, detectWatched, PUBLIC_KEY, toHex, unpackPayload, type Detection, type Payload } from '../watermark/index.ts'
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

export interface Examination {
  readonly input: string | null
  readonly sha256: string
  /** Undefined where the picture could not be decoded: `failure` says why. */
  readonly picture: Picture | undefined
  readonly failure: ReaderError | undefined
  readonly pdq: Pdq | undefined
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
  }
  tell('reading', 0)
  const decoded = await options.decode(file).catch(failureOf)
  options.signal?.throwIfAborted()
  if (decoded instanceof ReaderError) return { ...begun, picture: undefined, failure: decoded, pdq: undefined, marks: [] }
  tell('fingerprint', BEFORE / 2)
  const hash = pdq(decoded)
  const keys = keysOf(options)
  const found: Mark[] = []
  for (const layer of keys.keys()) {
    const told = (share: number) => tell('mark', BEFORE + ((1 - BEFORE - AFTER) * (layer + share)) / keys.length)
    found.push(...(await marksOf(decoded, layer, options, options.allMarks ?? false, told)))
  }
  return { ...begun, picture: decoded, failure: undefined, pdq: hash, marks: found }
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
