/** Everything that is read of one file, each thing once. Nothing is judged here. */

import { sha256 } from '@noble/hashes/sha2.js'
import { hasCredentials, mediaTypeOf } from '../credentials/presence.ts'
import { ReaderError } from '../errors.ts'
import { pdq, type Pdq } from '../fingerprint/index.ts'
import type { Picture } from '../picture/picture.ts'
import { createdAt, detectWatched, PUBLIC_KEY, toHex, unpackPayload, type Detection, type Payload } from '../watermark/index.ts'
import type { Options, Progress } from './options.ts'

/** The version of the payload whose fields are known. */
const KNOWN_VERSION = 1
/** The share of the time that is spent before the search for marks, and after it. */
const [BEFORE, AFTER] = [0.1, 0.2]

export interface Mark {
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
  readonly examined: Date
}

/** `tell` takes shares up to where comparing begins. */
export async function examine(file: Uint8Array, options: Options, tell: (step: Progress['step'], share: number) => void): Promise<Examination> {
  const type = hasCredentials(file) ? mediaTypeOf(file) : undefined
  const begun = {
    input: options.name ?? null,
    sha256: toHex(sha256(file)),
    examined: options.now ?? new Date(),
    store: type === undefined ? undefined : { file, type },
  }
  tell('reading', 0)
  const decoded = await options.decode(file).catch(failureOf)
  options.signal?.throwIfAborted()
  if (decoded instanceof ReaderError) return { ...begun, picture: undefined, failure: decoded, pdq: undefined, marks: [] }
  tell('fingerprint', BEFORE / 2)
  const hash = pdq(decoded)
  const marks = await marksOf(decoded, options, (share) => tell('mark', BEFORE + (1 - BEFORE - AFTER) * share))
  return { ...begun, picture: decoded, failure: undefined, pdq: hash, marks }
}

/** The share that is spent when everything is read, and what remains. */
export const READ = 1 - AFTER

function failureOf(error: unknown): ReaderError {
  if (error instanceof ReaderError) return error
  return new ReaderError('input.corrupt', "The file's picture can't be decoded.", { cause: error })
}

/** Every mark of a picture in which one was found. */
export function allMarks({ picture }: Examination, options: Options): Promise<Mark[]> {
  return marksOf(picture!, { ...options, allMarks: true }, () => undefined)
}

async function marksOf(picture: Picture, options: Options, tell: (share: number) => void): Promise<Mark[]> {
  const keys = [PUBLIC_KEY, ...(options.keys ?? [])]
  const found: Mark[] = []
  for (const [n, key] of keys.entries()) {
    const detections = await detectWatched(picture, key, {
      all: options.allMarks ?? false,
      progress: (_, share) => tell((n + share) / keys.length),
      ...(options.signal && { signal: options.signal }),
    })
    found.push(...detections.map((detection) => markOf(detection, n ? 'private' : 'public')))
  }
  return found
}

function markOf(detection: Detection, key: Mark['key']): Mark {
  const fields = unpackPayload(detection.payload)
  const known = fields.version === KNOWN_VERSION ? fields : undefined
  return { stampId: toHex(detection.payload), key, version: fields.version, fields: known, created: known && createdAt(known), detection }
}
