/** A plane of the mark's samples as wavelet coefficients with their local variance. */

import type { Plane } from '../../picture/picture.ts'
import { GAINS } from '../format/constants.ts'
import { analyse } from '../wavelet.ts'

export interface Subband {
  readonly level: number
  readonly orientation: number
  readonly width: number
  readonly height: number
  readonly values: Float32Array
  /** Mean square over 3 x 3 coefficients. */
  readonly variance: Float32Array
}

/** The subbands of both levels. The plane begins at a tile's corner; its sides are multiples of 4. */
export function subbands(plane: Plane): Subband[] {
  const found: Subband[] = []
  let [low, width, height] = [plane.data, plane.width, plane.height]
  for (let level = 1; level <= GAINS.length; level++) {
    const { details, ...rest } = analyse(low, width, height)
    details.forEach((values, orientation) => {
      const variance = meanSquare(values, rest.width, rest.height)
      found.push({ level, orientation, width: rest.width, height: rest.height, values, variance })
    })
    ;[low, width, height] = [rest.low, rest.width, rest.height]
  }
  return found
}

function meanSquare(values: Float32Array, width: number, height: number): Float32Array {
  const across = new Float32Array(values.length)
  for (let y = 0; y < height; y++) {
    const row = y * width
    const square = (x: number) => values[row + x]! * values[row + x]!
    across[row] = 2 * square(0) + square(Math.min(1, width - 1))
    across[row + width - 1] = 2 * square(width - 1) + square(Math.max(0, width - 2))
    for (let x = 1; x < width - 1; x++) across[row + x] = square(x - 1) + square(x) + square(x + 1)
  }
  const out = new Float32Array(values.length)
  for (let y = 0; y < height; y++) {
    const [above, row, below] = [Math.max(0, y - 1) * width, y * width, Math.min(height - 1, y + 1) * width]
    for (let x = 0; x < width; x++) out[row + x] = (across[above + x]! + across[row + x]! + across[below + x]!) / 9
  }
  return out
}
