/** The list of a film's packets, made by a worker that is ended when it takes too long: a file can be built to be dear. */

import type { Packets } from './packets.ts'

/** Milliseconds after which a film is taken for one whose packets can't be listed. */
const PATIENCE = 60_000

/** Undefined where it can't be had: then frames are taken at even distances. */
export function listPackets(program: string, film: Blob, signal: AbortSignal): Promise<Packets | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(program)
    const end = (packets: Packets | undefined) => {
      clearTimeout(timer)
      worker.terminate()
      resolve(packets)
    }
    const timer = setTimeout(end, PATIENCE, undefined)
    signal.addEventListener('abort', () => end(undefined))
    worker.onerror = () => end(undefined)
    worker.onmessage = ({ data }: MessageEvent<Packets | undefined>) => end(data)
    worker.postMessage(film)
  })
}
