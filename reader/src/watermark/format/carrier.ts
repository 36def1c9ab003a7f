/** Which code bit and which chip every wavelet coefficient of the tile carries (section 4). */

import { BLOCK, GAINS, ORIENTATIONS, SAMPLES } from './constants.ts'
import { permutation, signs } from './streams.ts'

/** One subband of the tile: code bits and chips, in row order. */
export interface Band {
  readonly level: number
  readonly orientation: number
  readonly side: number
  readonly bits: Uint16Array
  readonly chips: Int8Array
}

const made = new Map<string, readonly Band[]>()

/** The six subbands, finest level first. */
export function bands(key: Uint8Array): readonly Band[] {
  const name = key.join()
  const known = made.get(name)
  if (known) return known
  const found: Band[] = []
  for (let level = 1; level <= GAINS.length; level++) {
    for (let orientation = 0; orientation < ORIENTATIONS; orientation++) found.push(band(key, level, orientation))
  }
  made.set(name, found)
  return found
}

function band(key: Uint8Array, level: number, orientation: number): Band {
  const side = SAMPLES >> level
  const bits = new Uint16Array(side * side)
  for (let top = 0; top < side; top += BLOCK) {
    for (let left = 0; left < side; left += BLOCK) {
      const label = `bits level ${level} orientation ${orientation} block ${top} ${left}`
      permutation(key, label, BLOCK * BLOCK).forEach((bit, n) => {
        bits[(top + Math.floor(n / BLOCK)) * side + left + (n % BLOCK)] = bit
      })
    }
  }
  const chips = signs(key, `chips level ${level} orientation ${orientation}`, side * side)
  return { level, orientation, side, bits, chips }
}
