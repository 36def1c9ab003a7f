/** Still pictures out of a film: the browser plays it, unseen, and is stopped at the frames that say most. */

import { chooseFrames, countFrames } from '../../../src/film/choice.ts'
import type { FilmFrame } from '../report.ts'
import { greyOf, type Grey } from './luma.ts'
import type { Packets } from './packets.ts'

/** Milliseconds after which a film that does not open, or does not move on, is given up. */
const PATIENCE = 60_000
/** Milliseconds after which no further frame is looked up, and what there is has to do. */
const LONGEST = 60_000
/** Milliseconds that a browser is given to paint what it says it has found. */
const PAINTING = 250
/** Seconds after a frame's beginning at which it is asked for, at most: times are rounded. */
const LITTLE_LATER = 0.01
/** Seconds by which two times of one frame differ at most. */
const SAME = 0.0015

export class UnplayableError extends Error {}

/** A frame that is asked for: when, and what the file spends on it; the next one begins at `until`. */
interface Place {
  readonly at: number
  readonly until: number
  readonly worth: number
}

type Step = { readonly frame: FilmFrame; readonly n: number; readonly count: number }

export interface Played {
  readonly seconds: number
  /** Frames of the film; null where they can't be listed. */
  readonly count: number | null
}

/** Frames one by one, those of most bytes first; `packets` is the list of all, where it can be had. */
export async function* framesOf(file: Blob, packets: Packets | undefined): AsyncGenerator<Step, Played> {
  const address = URL.createObjectURL(file)
  const video = document.createElement('video')
  try {
    video.muted = true
    video.playsInline = true
    video.preload = 'auto'
    await happens(video, 'loadeddata', () => (video.src = address))
    if (!video.videoWidth) throw new UnplayableError('The file has no picture.')
    const seconds = await lengthOf(video)
    const all = packets ? inTime(packets, seconds, (await greyOf(video)).at) : undefined
    const most = countFrames(seconds, video.videoWidth, video.videoHeight)
    if (all?.length) yield* taken(video, largest(all, most), (told) => nearest(all, told))
    else yield* taken(video, evenly(seconds, most))
    return { seconds, count: all?.length || null }
  } finally {
    video.removeAttribute('src')
    video.load()
    URL.revokeObjectURL(address)
  }
}

async function* taken(video: HTMLVideoElement, wanted: readonly Place[], known?: (told: number) => Place): AsyncGenerator<Step, void> {
  const seen = new Set<number>()
  const latest = performance.now() + LONGEST
  let size: number | undefined
  for (const [n, place] of wanted.entries()) {
    if (n && performance.now() > latest) return
    const { at: told = place.at, ...grey } = await shownAt(video, place, known !== undefined)
    const { at, worth } = known ? known(told) : { at: told, worth: 1 }
    size ??= grey.width * grey.height
    if (seen.has(at) || grey.width * grey.height !== size) continue
    seen.add(at)
    yield { frame: { ...grey, at, worth }, n: n + 1, count: wanted.length }
  }
}

/** The packets that are played, by the clock that the browser plays them by; `first` is when its first frame is shown. */
function inTime({ times, bytes }: Packets, seconds: number, first: number | undefined): Place[] {
  const known = first === undefined || times.some((time) => Math.abs(time - first) < SAME)
  const shift = known ? 0 : first - times[0]!
  const places = Array.from(times, (time, n) => ({ at: time + shift, until: n + 1 < times.length ? times[n + 1]! + shift : Infinity, worth: bytes[n]! }))
  return places.filter(({ at }) => at - places[0]!.at < seconds)
}

/** Those with most bytes first: where a device is slow, what says least is left out. */
function largest(all: readonly Place[], count: number): Place[] {
  const chosen = chooseFrames(all.map(({ worth }) => worth), count).map((n) => all[n]!)
  return chosen.sort((one, other) => other.worth - one.worth)
}

function evenly(seconds: number, count: number): Place[] {
  const at = (n: number) => ((n + 0.5) * seconds) / count
  return Array.from({ length: count }, (_, n) => ({ at: at(n), until: at(n + 1), worth: 1 }))
}

/** What is shown at a place; where it has to be the frame that begins there, a browser that is late is waited for. */
async function shownAt(video: HTMLVideoElement, { at, until }: Place, exact: boolean): Promise<Grey> {
  const painting = painted(video)
  await happens(video, 'seeked', () => (video.currentTime = at + Math.min(LITTLE_LATER, (until - at) / 2)))
  const found = await greyOf(video)
  if (!exact || (found.at !== undefined && Math.abs(found.at - at) < SAME)) return found
  const time = await painting
  const again = await greyOf(video)
  return { ...again, at: again.at ?? time }
}

/** The time of the next frame that is painted; undefined where the browser does not tell, or paints nothing. */
function painted(video: HTMLVideoElement): Promise<number | undefined> {
  if (!('requestVideoFrameCallback' in video)) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const number = video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime))
    video.addEventListener(
      'seeked',
      () =>
        setTimeout(() => {
          video.cancelVideoFrameCallback(number)
          resolve(undefined)
        }, PAINTING),
      { once: true },
    )
  })
}

function nearest(all: readonly Place[], at: number): Place {
  return all.reduce((best, place) => (Math.abs(place.at - at) < Math.abs(best.at - at) ? place : best))
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

