/** One examination in a worker of its own: asked, watched, and ended at any moment. */

import { BUILD } from './build.ts'
import { framesOf, UnplayableError } from './film.ts'
import type { Answer, Ask, Companions, FailureKind, Progress, Report } from './report.ts'
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

let prepared: Promise<string> | undefined

/** The address of the worker's program: made once, from what the build carries or after its digest was checked. */
function program(): Promise<string> {
  const { worker } = BUILD
  const code = 'code' in worker ? Promise.resolve(worker.code) : fetch(worker.url, { integrity: worker.integrity }).then((answer) => answer.text())
  prepared ??= code.then((text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' })))
  return prepared
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
  let worker: Worker | undefined
  let over = false
  const cancel = () => {
    over = true
    worker?.terminate()
  }
  const work = async () => {
    if (file.size > (film ? MOST_FILM : MOST_FILE)) throw new FailedError('large', '')
    worker = new Worker(await program())
    if (over) worker.terminate()
    if (film) await showFrames(worker, file, () => over)
    return ask(worker, { kind: film ? 'film' : 'picture', file, belief: await believe(companions) }, told)
  }
  return { report: work().finally(() => worker?.terminate()), cancel }

  async function showFrames(to: Worker, of: Blob, stopped: () => boolean): Promise<void> {
    try {
      for await (const { frame, n, count } of framesOf(of)) {
        if (stopped()) return
        if (await showFrame(to, { kind: 'frame', frame, n, count }, told)) return
      }
    } catch (error) {
      throw error instanceof UnplayableError ? new FailedError('film', error.message) : error
    }
  }
}

/** Returns whether enough frames agree. */
function showFrame(worker: Worker, frame: Extract<Ask, { kind: 'frame' }>, told: (progress: Progress) => void): Promise<boolean> {
  return talk(worker, frame, told, (answer, settle) => answer.kind === 'frame' && settle(answer.enough), [frame.frame.data.buffer])
}

function ask(worker: Worker, question: Ask, told: (progress: Progress) => void): Promise<Report> {
  return talk(worker, question, told, (answer, settle) => answer.kind === 'done' && settle(answer.report))
}

function talk<T>(
  worker: Worker,
  question: Ask,
  told: (progress: Progress) => void,
  hear: (answer: Answer, settle: (value: T) => void) => unknown,
  transfer: Transferable[] = [],
): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new FailedError('defect', event.message))
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === 'progress') told(data.progress)
      else if (data.kind === 'wasm') void handCredentials(worker)
      else if (data.kind === 'failed') reject(new FailedError(data.why, data.detail))
      else hear(data, resolve)
    }
    worker.postMessage(question, transfer)
  })
}
