/** One word from many frames of a film: the door to this folder. */

import { Luma, type Picture } from '../picture/picture.ts'
import { detectionOf, breath, checkedKey, type Detection, type Watch } from '../watermark/detection/detect.ts'
import { fitAgain, search, type Found } from '../watermark/detection/search.ts'
import { PUBLIC_KEY } from '../watermark/format/constants.ts'
import { CLAIM_LIMIT } from '../watermark/significance.ts'
import { sumFrames } from './stack.ts'
import { groupsOf, MOST_VIEWS, viewsOf, type ViewKind } from './views.ts'

/** Standard deviations by which a group of frames has to fit a word that is known, to carry it. */
const CARRYING = 4.5

export interface Run {
  readonly first: number
  readonly last: number
}

export interface FilmDetection extends Detection {
  /** What was searched when it was found. */
  readonly view: ViewKind
  /** The first and the last frame of each run of them that carries it: of the whole view where no group of frames shows it by itself. */
  readonly runs: readonly Run[]
}

/**
 * Find and read the mark that the frames of a film share. Frames are of one size, in the order in which they are shown; `worths`
 * are the bytes that the film's file spends on each, or nothing, where that is not known. The stated bound on false claims is for all that is searched.
 */
export function detectFrames(frames: readonly Picture[], worths?: readonly number[], key: Uint8Array = PUBLIC_KEY): FilmDetection | undefined {
  for (const found of searchFrames(frames, worths, key)) if ('payload' in found) return found
  return undefined
}

/** The same step by step, so that whoever waits can be told, and can give up: then the signal's reason is thrown. */
export async function detectFramesWatched(frames: readonly Picture[], worths: readonly number[] | undefined, key: Uint8Array, watch: Watch): Promise<FilmDetection | undefined> {
  for (const found of searchFrames(frames, worths, key)) {
    if ('payload' in found) return found
    watch.progress?.(found.looking, found.share)
    await breath()
    watch.signal?.throwIfAborted()
  }
  return undefined
}

function* searchFrames(frames: readonly Picture[], given: readonly number[] | undefined, key: Uint8Array): Generator<FilmDetection | { looking: string; share: number }> {
  checkedKey(key)
  const [first] = frames
  if (!first) return
  const worths = checkedWorths(given, frames.length)
  if (frames.some(({ width, height }) => width !== first.width || height !== first.height)) throw new RangeError('The frames of a film are of one size.')
  for (const [n, { kind, from, to, picture }] of viewsOf(frames, worths).entries()) {
    const shown = picture()
    for (const found of search(new Luma(shown), key)) {
      if ('looking' in found) yield { looking: `${kind}, ${found.looking}`, share: (n + found.share) / MOST_VIEWS }
      else if (MOST_VIEWS * found.reading.falsePositiveProbability <= CLAIM_LIMIT) return yield { ...detectionOf(found, shown, key, MOST_VIEWS), view: kind, runs: runsIn(frames, worths, found, key) ?? [{ first: from, last: to - 1 }] }
    }
  }
}

function checkedWorths(given: readonly number[] | undefined, count: number): readonly number[] {
  const worths = given ?? Array.from({ length: count }, () => 1)
  if (worths.length !== count || !worths.every((worth) => worth >= 0 && Number.isFinite(worth))) throw new RangeError('Each frame has one worth, which is not negative.')
  return worths.some((worth) => worth > 0) ? worths : worths.map(() => 1)
}

/** The runs of frames whose groups carry a word; undefined where none does. */
function runsIn(frames: readonly Picture[], worths: readonly number[], found: Found, key: Uint8Array): Run[] | undefined {
  const carrying = groupsOf(frames.length).filter(([from, to]) => {
    const sum = sumFrames(frames.slice(from, to), worths.slice(from, to))
    return fitAgain(new Luma(sum), found, key) >= CARRYING
  })
  const runs: { first: number; last: number }[] = []
  for (const [from, to] of carrying) {
    const before = runs.at(-1)
    if (before && before.last + 1 === from) before.last = to - 1
    else runs.push({ first: from, last: to - 1 })
  }
  return runs.length ? runs : undefined
}
