/** Where the information bits stand in the polar code, and its transform (section 2). */

import { CODE_BITS, INFORMATION_BITS, PUBLIC_KEY } from '../format/constants.ts'
import { permutation } from '../format/streams.ts'

const LEVELS = Math.log2(CODE_BITS)

let places: Uint16Array | undefined

/** The position of each information bit, in the order of the bits. */
export function informationPositions(): Uint16Array {
  if (places) return places
  const weight = (position: number) => {
    let sum = 0
    for (let bit = 0; bit < LEVELS; bit++) if ((position >> bit) & 1) sum += 2 ** (bit / 4)
    return sum
  }
  const heaviest = Array.from({ length: CODE_BITS }, (_, n) => n)
    .sort((a, b) => weight(a) - weight(b))
    .slice(-INFORMATION_BITS)
    .sort((a, b) => a - b)
  const order = permutation(PUBLIC_KEY, 'information order', INFORMATION_BITS)
  places = Uint16Array.from(order, (place) => heaviest[place]!)
  return places
}

/** The transform of the code, in place. It is its own inverse. */
export function transform(bits: Uint8Array): void {
  for (let half = 1; half < bits.length; half *= 2) {
    for (let start = 0; start < bits.length; start += 2 * half) {
      for (let n = start; n < start + half; n++) bits[n]! ^= bits[n + half]!
    }
  }
}
