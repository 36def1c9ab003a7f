/** The worker: takes one file at a time, tells how far it is. To cancel, the page ends it. */

import { ReaderError } from '../../src/index.ts'
import { examineFilm, examinePicture, failureOf, type Told } from './examining.ts'
import { HEAD, kindOf } from './kinds.ts'
import { TAKEN, type Answer, type Ask, type FailureKind, type FilmFrame } from './report.ts'

const world = self as unknown as {
  onmessage: ((event: MessageEvent<Ask>) => void) | null
  postMessage(answer: Answer): void
}

/** Frames of one film that were handed over so far. */
const frames: FilmFrame[] = []

let hand: (bytes: ArrayBuffer | undefined) => void = () => undefined

/** Ask the page for the program that reads credentials. */
const wasm = (): Promise<ArrayBuffer | undefined> =>
  new Promise((resolve) => {
    hand = resolve
    world.postMessage({ kind: 'wasm' })
  })

world.onmessage = ({ data }) => {
  if (data.kind === 'frame') frames.push(data.frame)
  else if (data.kind === 'wasm') hand(data.bytes)
  else void finish(data)
}

async function finish(ask: Extract<Ask, { file: Blob }>): Promise<void> {
  let heic = false
  try {
    heic = kindOf(new Uint8Array(await ask.file.slice(0, HEAD).arrayBuffer()), ask.file.type) === 'heic'
    const begin = ask.kind === 'film' ? TAKEN : 0
    const told: Told = ({ step, share }) =>
      world.postMessage({ kind: 'progress', progress: { step, share: begin + (1 - begin) * share } })
    const report =
      ask.kind === 'film'
        ? await examineFilm(ask.file, frames, ask.played, { belief: ask.belief, wasm, progress: told })
        : await examinePicture(ask.file, { belief: ask.belief, wasm, progress: told })
    const { error } = report.verdict
    if (error && report.verdict.state === null) refuse(failureOf(error.code, heic), error.message)
    else world.postMessage({ kind: 'done', report })
  } catch (error) {
    fail(error, heic)
  }
}

function fail(error: unknown, heic: boolean): void {
  if (error instanceof ReaderError) refuse(failureOf(error.code, heic), error.message)
  else if (error instanceof RangeError) refuse('memory', error.message)
  else refuse(failureOf(undefined, heic), error instanceof Error ? error.message : String(error))
}

function refuse(why: FailureKind, detail: string): void {
  world.postMessage({ kind: 'failed', why, detail })
}
