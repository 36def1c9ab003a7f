/** The picture that a `<video>` shows, in grey. */

import { LUMA } from '../../../src/picture/picture.ts'
import type { Bytes } from '../report.ts'

/** Pixels along a frame's longer side: that of 4K films; larger ones are made smaller. */
const MOST_SIDE = 4096
/** Formats whose first plane is luma in bytes. */
const PLANES = ['I420', 'I420A', 'I422', 'I444', 'NV12']
/** Black and white where luma does not use all of a byte. */
const [BLACK, WHITE] = [16, 235]

export interface Grey {
  readonly width: number
  readonly height: number
  readonly data: Bytes
  /** The second at which the film shows it, where the browser tells. */
  readonly at: number | undefined
}

/** As the film's codec gave it, where the browser hands that out; else as it is painted. */
export async function greyOf(video: HTMLVideoElement): Promise<Grey> {
  if (typeof VideoFrame === 'undefined') return painted(video, undefined)
  const frame = new VideoFrame(video)
  try {
    const { width, height } = frame.visibleRect ?? { width: 0, height: 0 }
    const at = frame.timestamp / 1e6
    const whole = PLANES.includes(frame.format ?? '') && width > 0 && Math.max(width, height) <= MOST_SIDE
    return whole ? { width, height, data: await firstPlane(frame, width, height), at } : painted(video, at)
  } finally {
    frame.close()
  }
}

async function firstPlane(frame: VideoFrame, width: number, height: number): Promise<Bytes> {
  const planes = new Uint8Array(frame.allocationSize())
  const { offset, stride } = (await frame.copyTo(planes))[0]!
  const out = new Uint8Array(width * height)
  const levels = frame.colorSpace.fullRange ? undefined : LEVELS
  for (let y = 0; y < height; y++) {
    const row = planes.subarray(offset + y * stride, offset + y * stride + width)
    if (levels) for (let x = 0; x < width; x++) out[y * width + x] = levels[row[x]!]!
    else out.set(row, y * width)
  }
  return out
}

const LEVELS = Uint8ClampedArray.from({ length: 256 }, (_, level) => (255 * (level - BLACK)) / (WHITE - BLACK))

function painted(video: HTMLVideoElement, at: number | undefined): Grey {
  const factor = Math.min(1, MOST_SIDE / Math.max(video.videoWidth, video.videoHeight))
  const [width, height] = [Math.round(video.videoWidth * factor), Math.round(video.videoHeight * factor)]
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (!context) throw new RangeError('The browser has no memory left for the film.')
  context.drawImage(video, 0, 0, width, height)
  const { data } = context.getImageData(0, 0, width, height)
  const [red, green, blue] = LUMA
  const luma = (n: number) => Math.round(red * data[n]! + green * data[n + 1]! + blue * data[n + 2]!)
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, n) => luma(4 * n)), at }
}
