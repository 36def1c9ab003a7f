/** A worker of its own that lists a film's packets: when each is shown, and how many bytes it has. Nothing is decoded. */

import { BlobSource, EncodedPacketSink, Input, MATROSKA, MP4, QTFF, WEBM } from 'mediabunny'

/** Packets of a film that are listed at most: four hours and more. */
const MOST_PACKETS = 1_000_000

/** The frames of a film in the order in which they are shown. */
export interface Packets {
  /** Seconds. */
  readonly times: Float64Array<ArrayBuffer>
  readonly bytes: Float64Array<ArrayBuffer>
}

const world = self as unknown as {
  onmessage: ((event: MessageEvent<Blob>) => void) | null
  postMessage(answer: Packets | undefined, transfer?: Transferable[]): void
}

world.onmessage = ({ data }) => void list(data).then(answer, () => answer(undefined))

function answer(packets: Packets | undefined): void {
  world.postMessage(packets, packets && [packets.times.buffer, packets.bytes.buffer])
}

/** Undefined where the film is not one track of pictures, or too long. */
async function list(file: Blob): Promise<Packets | undefined> {
  const input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF, WEBM, MATROSKA] })
  const [track, ...more] = await input.getVideoTracks()
  if (!track || more.length) return undefined
  const found: { time: number; bytes: number }[] = []
  for await (const { timestamp, duration, byteLength } of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) {
    if (found.length === MOST_PACKETS) return undefined
    const shown = timestamp + duration > 0 || timestamp === 0 // what lies before is left out by an edit list
    if (shown && Number.isFinite(timestamp)) found.push({ time: timestamp, bytes: byteLength })
  }
  if (!found.length) return undefined
  found.sort((one, other) => one.time - other.time)
  return { times: Float64Array.from(found, ({ time }) => time), bytes: Float64Array.from(found, ({ bytes }) => bytes) }
}
