/** One look at a picture under one geometry: from samples of the mark to a word. */

import type { Matrix } from '../../numeric/matrix.ts'
import { emptyPlane, type Plane } from '../../picture/picture.ts'
import { subbands, type Subband } from './coefficients.ts'
import { decode, MANY_PATHS, PATHS, type Decoded } from './decoding.ts'
import { sample, smooth, windowOf, type Sampled, type Sizes, type Window } from './sampling.ts'
import { softBits, WEIGHTINGS, type SoftBits } from './softbits.ts'

/** Energy over which soft bits are worth a decoding: two standard deviations of what no mark gives. */
const LEAST_ENERGY = 1.09
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
  const sampled = sample(prepared.plane, prepared.map, window, smooth)
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

/** Read a view: the first weighting, and the others where they show more of a carrier. */
export function read(view: View, key: Uint8Array, sign: number, sure: boolean): Reading | undefined {
  const paths = sure ? MANY_PATHS : PATHS
  const attempt = (weighting: number, { bits }: SoftBits): Reading | undefined => {
    if (sign < 0) for (let n = 0; n < bits.length; n++) bits[n] = -bits[n]!
    const decoded = decode(bits, paths)
    return decoded && { ...decoded, soft: bits, view, weighting }
  }
  const first = softBits(view.subbands, key, WEIGHTINGS[0]!)
  if (first.energy >= CLEAR_ENERGY) {
    const found = attempt(0, first)
    if (found) return found
  }
  const rest = WEIGHTINGS.map((weighting, n) => ({ n, soft: n ? softBits(view.subbands, key, weighting) : first }))
  rest.sort((a, b) => b.soft.energy - a.soft.energy)
  for (const { n, soft } of rest) {
    if (soft.energy < LEAST_ENERGY && !sure) break
    if (n === 0 && soft.energy >= CLEAR_ENERGY) continue
    const found = attempt(n, soft)
    if (found) return found
  }
  return undefined
}
