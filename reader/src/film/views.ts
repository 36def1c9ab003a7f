/** What of a film is searched, one after the other: all frames together, the best ones alone, then parts. */

import type { Picture } from '../picture/picture.ts'
import { parts } from './choice.ts'
import { sumFrames } from './stack.ts'

/** Pictures that are searched at most, however long a film is: one, four, two and four. */
export const MOST_VIEWS = 11
/** Groups that halves and quarters are made of, and that tell when a mark is seen. */
const GROUPS = 8

export type ViewKind = 'together' | 'alone' | 'half' | 'quarter'

export interface FilmView {
  readonly kind: ViewKind
  /** The frames that it is made of. */
  readonly from: number
  readonly to: number
  readonly picture: () => Picture
}

/** The views in the order in which they are searched; pictures are made when they are asked for. */
export function viewsOf(frames: readonly Picture[], worths: readonly number[]): FilmView[] {
  const sum = (kind: ViewKind, from: number, to: number): FilmView => ({ kind, from, to, picture: () => sumFrames(frames.slice(from, to), worths.slice(from, to)) })
  const alone = parts(frames.length, 4).map(([from, to]) => bestOf(worths, from, to))
  const ends = groupsOf(frames.length)
  const joined = (kind: ViewKind, count: number) => parts(ends.length, count).map(([first, end]) => sum(kind, ends[first]![0], ends[end - 1]![1]))
  return [
    sum('together', 0, frames.length),
    ...alone.map((n): FilmView => ({ kind: 'alone', from: n, to: n + 1, picture: () => frames[n]! })),
    ...(ends.length === GROUPS ? [...joined('half', 2), ...joined('quarter', 4)] : []),
  ]
}

/** Eight groups of frames in their order, or one for each frame where there are fewer. */
export function groupsOf(count: number): [from: number, to: number][] {
  return parts(count, GROUPS)
}

function bestOf(worths: readonly number[], from: number, to: number): number {
  let best = from
  for (let n = from; n < to; n++) if (worths[n]! > worths[best]!) best = n
  return best
}
