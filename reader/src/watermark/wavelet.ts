/** The wavelet of the carrier: CDF 9/7, periodic (section 4). */

import { floats, kernels, layOut } from '../numeric/kernels.ts'

/** A picture of numbers in row order. */
export interface Grid {
  readonly width: number
  readonly height: number
  readonly data: Float32Array | Float64Array
}

const G = [0.7884856164055829, 0.41809227322161724, -0.040689417609164058, -0.064538882628697058]
const H = [-0.85269867900889385, 0.37740285561283066, 0.11062440441843718, -0.023849465019556843, -0.03782845550726404]

/** One step back along one axis: low-pass and high-pass values at a stride give twice as many samples. */
function synthesise(low: Float64Array, high: Float64Array, out: Float64Array): void {
  const size = out.length
  out.fill(0)
  for (let k = 0; k < low.length; k++) {
    for (let m = -3; m <= 3; m++) out[(2 * k + m + size) % size]! += low[k]! * G[Math.abs(m)]!
    for (let m = -4; m <= 4; m++) out[(2 * k + 1 + m + size) % size]! += high[k]! * H[Math.abs(m)]!
  }
}

/** One level of the inverse transform of a square; `details` are orientations 0, 1 and 2. */
export function inverse(low: Float64Array, details: readonly Float64Array[], side: number): Float64Array {
  const twice = 2 * side
  const column = (from: Float64Array, x: number) => Float64Array.from({ length: side }, (_, y) => from[y * side + x]!)
  const halves = [
    [low, details[0]!],
    [details[1]!, details[2]!],
  ].map(([smooth, sharp]) => {
    const out = new Float64Array(twice * side)
    const samples = new Float64Array(twice)
    for (let x = 0; x < side; x++) {
      synthesise(column(smooth!, x), column(sharp!, x), samples)
      for (let y = 0; y < twice; y++) out[y * side + x] = samples[y]!
    }
    return out
  })
  const out = new Float64Array(twice * twice)
  for (let y = 0; y < twice; y++) {
    const [smooth, sharp] = halves.map((half) => half.subarray(y * side, (y + 1) * side))
    synthesise(smooth!, sharp!, out.subarray(y * twice, (y + 1) * twice))
  }
  return out
}

/** One detail subband, and its mean square over 3 x 3 coefficients. */
export interface Detail {
  readonly values: Float32Array
  readonly variance: Float32Array
}

/** The three detail subbands of a level, by orientation, and what is left below them. */
export interface Level {
  readonly width: number
  readonly height: number
  readonly details: readonly Detail[]
  readonly low: Float32Array
}

/** Numbers that the kernels may write beyond an area's end, and that a line of theirs has besides a row. */
const [BEYOND, BESIDE] = [4, 16]

/** One level of the transform; width and height have to be even. Edges are mirrored. */
export function analyse(data: Float32Array, width: number, height: number): Level {
  const [w, h] = [width / 2, height / 2]
  const size = w * h
  const room = size + BEYOND
  const [plane, line, low, down, across, both, squares] = layOut(data.length + BEYOND, width + BESIDE, room, room, room, room, room)
  floats(plane, data.length).set(data)
  const kernel = kernels()
  kernel.analyse(plane, width, height, line, low, down, across, both)
  const details = [down, across, both].map((band) => {
    kernel.meanSquares(band, w, h, line, squares)
    return { values: floats(band, size).slice(), variance: floats(squares, size).slice() }
  })
  return { width: w, height: h, details, low: floats(low, size).slice() }
}
