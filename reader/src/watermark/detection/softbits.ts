/** From coefficients to 1,024 soft bits: weighted, times their chips, added up over all tiles. */

import { floats, kernels, layOut } from '../../numeric/kernels.ts'
import { bands } from '../format/carrier.ts'
import { CODE_BITS } from '../format/constants.ts'
import type { Subband } from './coefficients.ts'

/** How much a coefficient counts: the level's share over variance and floor. */
export interface Weighting {
  readonly floor: number
  readonly gains: readonly [number, number]
}

/** For ordinary handling, strong compression, small crops, and pictures shown very small. */
export const WEIGHTINGS: readonly Weighting[] = [
  { floor: 1.5, gains: [0.6, 1] },
  { floor: 40, gains: [0.3, 1] },
  { floor: 0.3, gains: [0.75, 1] },
  { floor: 4, gains: [0.1, 1] },
]

export interface SoftBits {
  readonly bits: Float32Array
  /** Their energy over what it is without a mark, where the chips make it 1. */
  readonly energy: number
}

export function softBits(found: readonly Subband[], key: Uint8Array, weighting: Weighting): SoftBits {
  const bits = new Float32Array(CODE_BITS)
  let expected = 0
  bands(key).forEach((band, n) => {
    const folded = fold(found[n]!, band.side, weighting.floor)
    const gain = weighting.gains[band.level - 1]!
    for (let place = 0; place < folded.length; place++) {
      const value = gain * folded[place]!
      bits[band.bits[place]!]! += value * band.chips[place]!
      expected += value * value
    }
  })
  const energy = expected > 0 ? bits.reduce((sum, bit) => sum + bit * bit, 0) / expected : 0
  return { bits, energy }
}

/** Weighted coefficients that share a place in the tile, added up. */
function fold({ width, height, values, variance }: Subband, side: number, floor: number): Float32Array {
  const [coefficients, squares, out] = layOut(values.length, variance.length, side * side)
  floats(coefficients, values.length).set(values)
  floats(squares, variance.length).set(variance)
  kernels().foldTiles(coefficients, squares, width, height, side, floor, out)
  return floats(out, side * side)
}
