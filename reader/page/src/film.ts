/** Still pictures out of a film: the browser plays it, unseen, and is stopped at even distances. */

import type { Frame } from './report.ts'

/** Frames that are looked at: a mark lies in each, and several clear ones suffice. */
const FRAMES = 9
/** Milliseconds after which a film that does not open, or does not move on, is given up. */
const PATIENCE = 60_000
/** Pixels along a frame's longer side: that of 4K films; larger ones are made smaller. */
const MOST_SIDE = 4096

export class UnplayableError extends Error {}

export async function* framesOf(file: Blob): AsyncGenerator<{ frame: Frame; n: number; count: number }> {
  const address = URL.createObjectURL(file)
  const video = document.createElement('video')
  try {
    video.muted = true
    video.playsInline = true
    video.preload = 'auto'
    await happens(video, 'loadeddata', () => (video.src = address))
    if (!video.videoWidth) throw new UnplayableError('The file has no picture.')
    const length = await lengthOf(video)
    for (let n = 0; n < FRAMES; n++) {
      const place = ((n + 0.5) / FRAMES) * length
      await happens(video, 'seeked', () => (video.currentTime = place))
      yield { frame: frameOf(video), n: n + 1, count: FRAMES }
    }
  } finally {
    video.removeAttribute('src')
    video.load()
    URL.revokeObjectURL(address)
  }
}

/** Films recorded by a browser state no length until their end was seen. */
async function lengthOf(video: HTMLVideoElement): Promise<number> {
  if (!Number.isFinite(video.duration)) await happens(video, 'durationchange', () => (video.currentTime = Number.MAX_SAFE_INTEGER))
  return Number.isFinite(video.duration) ? video.duration : 0
}

function happens(video: HTMLVideoElement, event: string, begin: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(new UnplayableError('The film does not move on.'))), PATIENCE)
    const done = () => end(resolve)
    const failed = () => end(() => reject(new UnplayableError(video.error?.message ?? 'The film does not open.')))
    const end = (settle: () => void) => {
      clearTimeout(timer)
      video.removeEventListener(event, done)
      video.removeEventListener('error', failed)
      settle()
    }
    video.addEventListener(event, done)
    video.addEventListener('error', failed)
    begin()
  })
}

function frameOf(video: HTMLVideoElement): Frame {
  const factor = Math.min(1, MOST_SIDE / Math.max(video.videoWidth, video.videoHeight))
  const [width, height] = [Math.round(video.videoWidth * factor), Math.round(video.videoHeight * factor)]
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (!context) throw new UnplayableError('The browser has no memory left for the film.')
  context.drawImage(video, 0, 0, width, height)
  return { width, height, data: context.getImageData(0, 0, width, height).data }
}
