/** Whole tiles of the format's two patterns: what the vectors freeze. */

import { inverse } from '../wavelet.ts'
import { bands } from './carrier.ts'
import { GAINS, SAMPLES, TILE } from './constants.ts'
import { pilot } from './pilot.ts'

/** The carrier of these code bits, 128 x 128 samples. */
export function carrierTile(code: Uint8Array, key: Uint8Array): Float64Array {
  let side = SAMPLES >> GAINS.length
  let samples = new Float64Array(side * side)
  for (let level = GAINS.length; level >= 1; level--, side *= 2) {
    const details = bands(key)
      .filter((band) => band.level === level)
      .map((band) =>
        Float64Array.from(band.bits, (bit, n) => GAINS[level - 1]! * (1 - 2 * code[bit]!) * band.chips[n]!),
      )
    samples = new Float64Array(inverse(samples, details, side))
  }
  return samples
}

/** The pilot with equal amplitudes, at the samples' centres. */
export function pilotTile(amplitude: number, key: Uint8Array): Float64Array {
  const { u, v, phase } = pilot(key)
  return Float64Array.from({ length: SAMPLES * SAMPLES }, (_, n) => {
    const [x, y] = [2 * (n % SAMPLES) + 1, 2 * Math.floor(n / SAMPLES) + 1]
    let sum = 0
    for (let k = 0; k < u.length; k++) {
      sum += Math.cos(2 * Math.PI * ((((u[k]! * x + v[k]! * y) % TILE) / TILE + phase[k]!) % 1))
    }
    return amplitude * sum
  })
}
