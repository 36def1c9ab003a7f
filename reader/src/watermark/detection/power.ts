/** The power of a spectrum on a grid of half bins, cut off: what tables of guesses are made from. */

import { boxMean } from '../../numeric/boxes.ts'
import type { Spectrum } from './spectrum.ts'

/** Times the mean power that a single place may count: a picture's own lines must not carry a guess alone. */
const MOST_POWER = 6

export interface Power {
  /** Half bins for a cycle a pixel, across and down. */
  readonly across: number
  readonly down: number
  readonly columns: number
  readonly values: Float32Array
  /** Pixels of the picture across and down. */
  readonly extent: readonly [number, number]
}

/** Between bins, the mean of both neighbours (of all four) over the noise that they have. */
export function powerOf(spectrum: Spectrum): Power {
  const { re, im, columns, height } = spectrum
  const wide = 2 * columns
  const values = new Float32Array(wide * 2 * height)
  const across = 1 / (2 + 2 * spectrum.sharedAcross)
  const down = 1 / (2 + 2 * spectrum.sharedDown)
  for (let y = 0; y < height; y++) {
    const row = y * columns
    const next = ((y + 1) % height) * columns
    for (let x = 0; x < columns - 1; x++) {
      const a = row + x
      const b = next + x
      const topRe = re[a]! + re[a + 1]!
      const topIm = im[a]! + im[a + 1]!
      const sideRe = re[a]! + re[b]!
      const sideIm = im[a]! + im[b]!
      const bothRe = topRe + re[b]! + re[b + 1]!
      const bothIm = topIm + im[b]! + im[b + 1]!
      const to = 2 * y * wide + 2 * x
      values[to] = Math.min(MOST_POWER, re[a]! * re[a]! + im[a]! * im[a]!)
      values[to + 1] = Math.min(MOST_POWER, across * (topRe * topRe + topIm * topIm))
      values[to + wide] = Math.min(MOST_POWER, down * (sideRe * sideRe + sideIm * sideIm))
      values[to + wide + 1] = Math.min(MOST_POWER, across * down * (bothRe * bothRe + bothIm * bothIm))
    }
  }
  return { across: 2 * spectrum.width, down: 2 * height, columns: wide, values, extent: spectrum.extent }
}

/** The power at a frequency in cycles a pixel, up to a half across and down. */
export function powerAt(power: Power, across: number, down: number): number {
  const turn = across < 0 ? -1 : 1
  const x = Math.round(turn * across * power.across)
  const y = Math.round(turn * down * power.down) & (power.down - 1)
  return power.values[y * power.columns + x]!
}

/** The power averaged over this many half bins to each side, so that lines are found that lie a little aside. */
export function blurred(power: Power, radius: number): Power {
  const values = boxMean(power.values, power.columns, power.down, radius)
  const spread = 2 * radius + 1
  for (let n = 0; n < values.length; n++) values[n] = 1 + (values[n]! - 1) * spread
  return { ...power, values }
}
