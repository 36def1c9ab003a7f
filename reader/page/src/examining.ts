/** One file examined, in the worker: the engine's verdict, cut down to what the page may show. */

import {
  ReaderError,
  toHex,
  UNAVAILABLE,
  verifyWhole,
  type Examined,
  type Progress as EngineProgress,
} from '../../src/index.ts'
import { openCredentials } from '../../src/credentials/index.ts'
import { decodeLimited } from './decoding.ts'
import type { Played } from './film/playing.ts'
import type { Belief, FailureKind, FilmFrame, MarkSeen, Report } from './report.ts'

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
  return reportOf(examined, shrunk)
}

/** The verdict on a film: on the file's bytes, and on its frames together. */
export async function examineFilm(file: Blob, frames: readonly FilmFrame[], { seconds, count }: Played, given: Given): Promise<Report> {
  const [first] = frames
  if (!first) throw new ReaderError('input.unsupported', 'No frame of the film could be opened.')
  const shots = frames.map(({ at, worth, ...picture }) => ({ at, worth, picture })).sort((one, other) => one.at - other.at)
  const bytes = new Uint8Array(await file.arrayBuffer())
  const examined = await verifyWhole(bytes, { ...optionsOf(given), film: { shots, seconds, frames: count } })
  return reportOf({ ...examined, picture: first }, false)
}

function reportOf({ verdict, pdq, picture, marks, credentialsMissing }: Examined, shrunk: boolean): Report {
  return {
    verdict,
    marks: marks.map(seen),
    pdq: pdq && { hash: toHex(pdq.hash), quality: pdq.quality },
    size: picture && { width: picture.width, height: picture.height },
    shrunk,
    unread: credentialsMissing,
  }
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
