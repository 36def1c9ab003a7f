/** A film as far as it is looked at. */

import type { Picture } from '../picture/picture.ts'

/** A frame: its picture, the bytes that the file spends on it, and the second at which it is shown. */
export interface Shot {
  readonly picture: Picture
  readonly worth: number
  readonly at: number
}

export interface Film {
  /** In the order in which they are shown, all of one size. */
  readonly shots: readonly Shot[]
  readonly seconds: number
  /** How many frames the film has; null where that is not known. */
  readonly frames: number | null
}

/** A moment of a film as players show it, with tenths of a second. */
export function moment(seconds: number): string {
  const tenths = Math.round(10 * seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60, tenths % 600]
  const shown = `${two(Math.floor(rest / 10))}.${rest % 10}`
  return hours ? `${hours}:${two(minutes)}:${shown}` : `${minutes}:${shown}`
}
