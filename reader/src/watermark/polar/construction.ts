/** Where the information bits stand in the polar code, and its transform (section 2). */

import { bytes, kernels, layOut } from '../../numeric/kernels.ts'
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
  const weights = Float64Array.from({ length: CODE_BITS }, (_, n) => weight(n))
  const least = Float64Array.from(weights).sort()[CODE_BITS - INFORMATION_BITS]!
  const heaviest = Array.from(weights.keys()).filter((n) => weights[n]! >= least)
  const order = permutation(PUBLIC_KEY, 'information order', INFORMATION_BITS)
  places = Uint16Array.from(order, (place) => heaviest[place]!)
  return places
}

/** The transform of the code, in place. It is its own inverse. */
export function transform(bits: Uint8Array): void {
  const [area] = layOut(bits.length / Float32Array.BYTES_PER_ELEMENT)
  const held = bytes(area, bits.length)
  held.set(bits)
  kernels().transformBits(area, bits.length)
  bits.set(held)
}
