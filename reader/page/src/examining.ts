/** One file examined, in the worker: the engine's verdict, cut down to what the page may show. */

import {
  detect,
  ReaderError,
  toHex,
  UNAVAILABLE,
  verifyWhole,
  type Examined,
  type Picture,
  type Progress as EngineProgress,
} from '../../src/index.ts'
import { openCredentials } from '../../src/credentials/index.ts'
import { decodeLimited } from './decoding.ts'
import type { Belief, FailureKind, FilmSeen, MarkSeen, Report } from './report.ts'

/** Frames of one film that were examined so far. */
export interface FilmSoFar {
  tried: number
  /** How many frames carry each stamp id. */
  readonly carrying: Map<string, number>
  best: { readonly frame: Picture; readonly probability: number; readonly stampId: string } | undefined
  first: Picture | undefined
}

/** Frames that have to agree before the rest is left out. */
const AGREEING = 3

export type Told = (progress: EngineProgress) => void

/** What an examination is given besides the file. */
export interface Given {
  readonly belief: Belief
  /** The program that reads credentials; undefined where it can't be had. */
  readonly wasm: () => Promise<ArrayBuffer | undefined>
  readonly progress: Told
}

function optionsOf({ belief, wasm, progress }: Given) {
  const credentials = async () => {
    const program = await wasm()
    if (!program) throw new ReaderError(UNAVAILABLE, 'The program that reads Content Credentials is not on this device.')
    return openCredentials(program)
  }
  return { ...belief, progress, credentials }
}

export async function examinePicture(file: Blob, given: Given): Promise<Report> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let shrunk = false
  const decode = () => decodeLimited(bytes, () => (shrunk = true))
  const examined = await verifyWhole(bytes, { ...optionsOf(given), decode })
  return reportOf(examined, shrunk, undefined)
}

/** Examine one frame of a film; returns the mark that it carries. */
export function examineFrame(film: FilmSoFar, frame: Picture): string | undefined {
  film.tried++
  film.first ??= frame
  const found = detect(frame)
  if (!found) return undefined
  const stampId = toHex(found.payload)
  film.carrying.set(stampId, (film.carrying.get(stampId) ?? 0) + 1)
  const probability = found.falsePositiveProbability
  if (!film.best || probability < film.best.probability) film.best = { frame, probability, stampId }
  return stampId
}

export function isEnough({ carrying, best }: FilmSoFar): boolean {
  return best !== undefined && carrying.get(best.stampId)! >= AGREEING
}

/** The verdict on a film: on the file's bytes, and on the frame whose mark is clearest. */
export async function examineFilm(file: Blob, film: FilmSoFar, given: Given): Promise<Report> {
  const frame = film.best?.frame ?? film.first
  if (!frame) throw new ReaderError('input.unsupported', 'No frame of the film could be opened.')
  const bytes = new Uint8Array(await file.arrayBuffer())
  const examined = await verifyWhole(bytes, { ...optionsOf(given), frame: true, decode: () => Promise.resolve(frame) })
  const carrying = film.best ? film.carrying.get(film.best.stampId)! : 0
  return reportOf(examined, false, { tried: film.tried, carrying })
}

function reportOf({ verdict, pdq, picture, marks, credentialsMissing }: Examined, shrunk: boolean, film: FilmSeen | undefined): Report {
  return {
    verdict: film ? counted(verdict, film.tried) : verdict,
    marks: marks.map(seen),
    pdq: film || !pdq ? undefined : { hash: toHex(pdq.hash), quality: pdq.quality },
    size: picture && { width: picture.width, height: picture.height },
    shrunk,
    film,
    unread: credentialsMissing,
  }
}

/** Every frame that was tried is one more chance to be wrong: the bound grows with their number. */
function counted(verdict: Examined['verdict'], tried: number): Examined['verdict'] {
  const evidence = verdict.evidence.map((finding) => {
    const rate = finding.false_positive_probability
    return rate === null || finding.layer !== 'watermark' ? finding : { ...finding, false_positive_probability: Math.min(1, rate * tried) }
  })
  return { ...verdict, evidence }
}

function seen({ stampId, fields, created, detection }: Examined['marks'][number]): MarkSeen {
  return {
    stampId,
    producer: fields?.producer,
    model: fields?.model,
    created: created?.toISOString(),
    coverage: detection.region.coverage,
    inverted: detection.inverted,
  }
}

/** Why a file could not be examined, as the page tells it. */
export function failureOf(code: string | undefined, heic: boolean): FailureKind {
  if (code === 'directory' || code?.startsWith('trust')) return 'trust'
  if (heic) return 'heic'
  if (code === 'input.too_costly') return 'large'
  return code?.startsWith('input.') ? 'kind' : 'defect'
}
