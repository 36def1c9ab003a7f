/** One look at a picture under one geometry: from samples of the mark to a word. */

import type { Matrix } from '../../numeric/matrix.ts'
import { emptyPlane, type Plane } from '../../picture/picture.ts'
import { CODE_BITS } from '../format/constants.ts'
import { subbands, type Subband } from './coefficients.ts'
import { decode, MANY_PATHS, PATHS, type Decoded } from './decoding.ts'
import { sample, windowOf, type Sampled, type Sizes, type Window } from './sampling.ts'
import { softBits, WEIGHTINGS, type SoftBits } from './softbits.ts'

/** Energy over which soft bits are worth a decoding, unless the pilot is beyond doubt: 1.2 standard deviations over what no mark gives. */
const LEAST_ENERGY = 1 + 1.2 * Math.sqrt(2 / CODE_BITS)
/** ... and with which they are read by the first weighting alone, before the others are tried. */
const CLEAR_ENERGY = 1.6

export interface View {
  readonly subbands: readonly Subband[]
  readonly window: Window
}

export interface Reading extends Decoded {
  readonly soft: Float32Array
  readonly view: View
  /** The number of the weighting. */
  readonly weighting: number
}

export function viewOf(plane: Plane): View {
  return { subbands: subbands(plane), window: { left: 0, top: 0, columns: plane.width, rows: plane.height } }
}

/** Samples a side that are looked at, so that no geometry is dear. */
const MOST_SAMPLES = 2048

/** The view of a picture under a map from mark to picture. */
export function viewUnder(luma: Sizes, map: Matrix): View {
  const prepared = luma.under(map)
  const window = windowOf(prepared.map, prepared.plane.width, prepared.plane.height, MOST_SAMPLES)
  const sampled = sample(prepared.plane, prepared.map, window)
  const found = subbands(filled(sampled))
  for (const band of found) cut(band, sampled)
  return { subbands: found, window }
}

/** The plane with what lies outside the picture as the nearest sample of the row, so that no edge arises. */
function filled({ plane, inside }: Sampled): Plane {
  const out = emptyPlane(plane.width, plane.height)
  let above = -1
  for (let y = 0; y < plane.height; y++) {
    const row = y * plane.width
    const first = inside.subarray(row, row + plane.width).indexOf(1)
    if (first < 0) {
      if (above >= 0) out.data.copyWithin(row, above, above + plane.width)
      continue
    }
    const last = inside.subarray(row, row + plane.width).lastIndexOf(1)
    out.data.set(plane.data.subarray(row, row + plane.width), row)
    out.data.fill(plane.data[row + first]!, row, row + first)
    out.data.fill(plane.data[row + last]!, row + last + 1, row + plane.width)
    above = row
  }
  return out
}

/** Nothing counts whose place lies outside the picture. */
function cut(band: Subband, { plane, inside }: Sampled): void {
  const step = 1 << band.level
  for (let y = 0; y < band.height; y++) {
    const row = (y * step + step / 2) * plane.width + step / 2
    for (let x = 0; x < band.width; x++) if (!inside[row + x * step]) band.values[y * band.width + x] = 0
  }
}

/** The energy of the soft bits, by the weighting that shows most: it looks at no chip's sign. */
export function energyOf(view: View, key: Uint8Array): number {
  return Math.max(...WEIGHTINGS.map((weighting) => softBits(view.subbands, key, weighting).energy))
}

/** Marks that are read one over the other in a view. */
const MOST_MARKS = 3

/** Read a view: the first weighting, and the others where they show more of a carrier; of all of them if the energy is not asked for. */
export function* read(view: View, key: Uint8Array, sign: number, sure: boolean, asked = !sure): Generator<Reading> {
  const first = softBits(view.subbands, key, WEIGHTINGS[0]!)
  const clear = first.energy >= CLEAR_ENERGY
  let found = false
  for (const reading of clear ? attempts(view, first, 0, sign, sure) : []) {
    found = true
    yield reading
  }
  if (found) return
  const rest = WEIGHTINGS.map((weighting, n) => ({ n, soft: n ? softBits(view.subbands, key, weighting) : first }))
  rest.sort((a, b) => b.soft.energy - a.soft.energy)
  for (const { n, soft } of rest) {
    if (asked && soft.energy < LEAST_ENERGY) return
    if (n === 0 && clear) continue
    for (const reading of attempts(view, soft, n, sign, sure)) {
      found = true
      yield reading
    }
    if (found) return
  }
}

/** The word that fits best, and those that are left when it is taken out of the soft bits. */
function* attempts(view: View, soft: SoftBits, weighting: number, sign: number, sure: boolean): Generator<Reading> {
  let bits = sign < 0 ? soft.bits.map((bit) => -bit) : soft.bits
  for (let mark = 0; mark < MOST_MARKS; mark++) {
    const decoded = decode(bits, sure ? MANY_PATHS : PATHS)
    if (!decoded) return
    yield { ...decoded, soft: bits, view, weighting }
    bits = without(bits, decoded.code)
  }
}

/** Soft bits less what they have in common with a code word. */
function without(bits: Float32Array, code: Uint8Array): Float32Array {
  let sum = 0
  for (let n = 0; n < bits.length; n++) sum += code[n] ? -bits[n]! : bits[n]!
  const mean = sum / bits.length
  return bits.map((bit, n) => (code[n] ? bit + mean : bit - mean))
}
