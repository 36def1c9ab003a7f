/** The power of a spectrum on a grid of half bins, cut off: what tables of guesses are made from. */

import { boxMean } from '../../numeric/boxes.ts'
import { floats, kernels, layOut } from '../../numeric/kernels.ts'
import type { Spectrum } from './spectrum.ts'

/** Times the mean power that a single place may count: a picture's own lines must not carry a guess alone. */
const MOST_POWER = 6
/** Rows of a spectrum that are in the kernels' memory at once. */
const ROWS = 32

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
  const [reRows, imRows, out] = layOut((ROWS + 1) * columns, (ROWS + 1) * columns, 2 * ROWS * wide)
  const across = 1 / (2 + 2 * spectrum.sharedAcross)
  const down = 1 / (2 + 2 * spectrum.sharedDown)
  for (let top = 0; top < height; top += ROWS) {
    const rows = Math.min(ROWS, height - top)
    const next = ((top + rows) % height) * columns
    for (const [address, part] of [[reRows, re], [imRows, im]] as const) {
      const area = floats(address, (ROWS + 1) * columns)
      area.set(part.subarray(top * columns, (top + rows) * columns))
      area.set(part.subarray(next, next + columns), rows * columns)
    }
    kernels().powers(reRows, imRows, columns, rows, across, down, MOST_POWER, out)
    values.set(floats(out, 2 * rows * wide), 2 * top * wide)
  }
  return { across: 2 * spectrum.width, down: 2 * height, columns: wide, values, extent: spectrum.extent }
}

/** The power at a frequency in cycles a pixel, up to a half across and down. */
export function powerAt(power: Power, across: number, down: number): number {
  const turn = across < 0 ? -1 : 1
  const x = (turn * across * power.across + 0.5) | 0
  const y = (turn * down * power.down + power.down + 0.5) & (power.down - 1)
  return power.values[y * power.columns + x]!
}

/** The power averaged over this many half bins to each side, so that lines are found that lie a little aside. */
export function blurred(power: Power, radius: number): Power {
  const values = boxMean(power.values, power.columns, power.down, radius)
  const spread = 2 * radius + 1
  for (let n = 0; n < values.length; n++) values[n] = 1 + (values[n]! - 1) * spread
  return { ...power, values }
}
