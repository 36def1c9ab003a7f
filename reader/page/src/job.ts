/** One examination in a worker of its own: asked, watched, and ended at any moment. */

import { BUILD, type Kept } from './build.ts'
import { listPackets } from './film/listing.ts'
import { framesOf, UnplayableError, type Played } from './film/playing.ts'
import { TAKEN, type Answer, type Ask, type Companions, type FailureKind, type Progress, type Report } from './report.ts'
import { believe, fromBase64 } from './trust.ts'

/** Bytes of a film that are read at most: its digest needs all of them at once. */
const MOST_FILM = 500 * 2 ** 20
/** Bytes of a picture file that are read at most. */
const MOST_FILE = 200 * 2 ** 20

export class FailedError extends Error {
  readonly why: FailureKind

  constructor(why: FailureKind, detail: string) {
    super(detail)
    this.why = why
  }
}

const prepared = new Map<string, Promise<string>>()

/** The address of a worker's program: made once, from what the build carries or after its digest was checked. */
function program(name: 'worker' | 'films'): Promise<string> {
  const known = prepared.get(name) ?? codeOf(name).then((text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' })))
  prepared.set(name, known)
  known.catch(() => prepared.delete(name)) // there may be a network later
  return known
}

function codeOf(name: 'worker' | 'films'): Promise<string> {
  const fetched = ({ url, integrity }: Kept) => fetch(url, { integrity }).then((answer) => answer.text())
  const { worker, films } = BUILD
  if (name === 'films') return films ? fetched(films) : Promise.resolve(document.querySelector('#films')?.textContent ?? '')
  return 'code' in worker ? Promise.resolve(worker.code) : fetched(worker)
}

/** The program that reads Content Credentials: several megabytes, had only where a file carries some. */
async function credentialsProgram(): Promise<ArrayBuffer> {
  const { credentials } = BUILD
  if (credentials) return (await fetch(credentials.url, { integrity: credentials.integrity })).arrayBuffer()
  return fromBase64(document.querySelector('#credentials')?.textContent ?? '').buffer
}

/** Hand it to the worker, or say that it can't be had: then the rest is told without it. */
async function handCredentials(worker: Worker): Promise<void> {
  const bytes = await credentialsProgram().catch(() => undefined)
  worker.postMessage({ kind: 'wasm', bytes } satisfies Ask, bytes ? [bytes] : [])
}

export interface Job {
  readonly report: Promise<Report>
  cancel(): void
}

export function begin(file: Blob, film: boolean, companions: Companions, told: (progress: Progress) => void): Job {
  const stopping = new AbortController()
  const { signal } = stopping
  let worker: Worker | undefined
  const work = async () => {
    if (file.size > (film ? MOST_FILM : MOST_FILE)) throw new FailedError('large', '')
    worker = new Worker(await program('worker'))
    const belief = await believe(companions)
    if (signal.aborted) worker.terminate()
    return ask(worker, film ? { kind: 'film', file, belief, played: await showFrames(worker, file, told, signal) } : { kind: 'picture', file, belief }, told)
  }
  signal.addEventListener('abort', () => worker?.terminate())
  return { report: work().finally(() => worker?.terminate()), cancel: () => stopping.abort() }
}

const NOTHING_PLAYED: Played = { seconds: 0, count: null }

/** Hand a film's frames to the worker, one by one. */
async function showFrames(worker: Worker, film: Blob, told: (progress: Progress) => void, signal: AbortSignal): Promise<Played> {
  const packets = await program('films').then((address) => listPackets(address, film, signal), () => undefined)
  const frames = framesOf(film, packets)
  try {
    for (;;) {
      const step = await frames.next()
      if (step.done) return step.value
      if (signal.aborted) {
        await frames.return(NOTHING_PLAYED) // lets go of the film
        return NOTHING_PLAYED
      }
      const { frame, n, count } = step.value
      told({ step: 'frames', share: (TAKEN * n) / count, frame: { n, count } })
      worker.postMessage({ kind: 'frame', frame } satisfies Ask, [frame.data.buffer])
    }
  } catch (error) {
    throw error instanceof UnplayableError ? new FailedError('film', error.message) : error
  }
}

function ask(worker: Worker, question: Ask, told: (progress: Progress) => void): Promise<Report> {
  return talk(worker, question, told, (answer, settle) => answer.kind === 'done' && settle(answer.report))
}

function talk<T>(
  worker: Worker,
  question: Ask,
  told: (progress: Progress) => void,
  hear: (answer: Answer, settle: (value: T) => void) => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new FailedError('defect', event.message))
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === 'progress') told(data.progress)
      else if (data.kind === 'wasm') void handCredentials(worker)
      else if (data.kind === 'failed') reject(new FailedError(data.why, data.detail))
      else hear(data, resolve)
    }
    worker.postMessage(question)
  })
}
