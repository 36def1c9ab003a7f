/** PDQ, the perceptual hash of whole pictures: 256 bits, the reference's arithmetic in single precision. */

import { bytes, floats, kernels, layOut } from '../numeric/kernels.ts'
import { layoutOf, type Picture } from '../picture/picture.ts'

const SIDE = 64
const FREQUENCIES = 16
const [RED, GREEN, BLUE] = [Math.fround(0.299), Math.fround(0.587), Math.fround(0.114)]
const MOST_QUALITY = 100
const QUALITY_DIVISOR = 90

export interface Pdq {
  /** 32 bytes. */
  readonly hash: Uint8Array
  /** 0 to 100: how much there is to tell the picture by. */
  readonly quality: number
}

export function pdq(picture: Picture): Pdq {
  const small = thumbnail(picture)
  return { hash: hashOf(transform(small)), quality: qualityOf(small) }
}

/** The hashes of the picture in its eight orientations, itself first, within a few bits: out of one transform. */
export function pdqOrientations(picture: Picture): Uint8Array[] {
  const upright = transform(thumbnail(picture))
  const turned = upright.map((_, n) => upright[(n % FREQUENCIES) * FREQUENCIES + Math.floor(n / FREQUENCIES)]!)
  return [upright, turned].flatMap((coefficients) =>
    [[1, 1], [-1, 1], [1, -1], [-1, -1]].map(([down, across]) =>
      hashOf(coefficients.map((value, n) => value * mirrored(down!, Math.floor(n / FREQUENCIES)) * mirrored(across!, n % FREQUENCIES))),
    ),
  )
}

/** What becomes of a frequency in a mirror: every other one changes its sign, the first one too. */
function mirrored(sign: number, index: number): number {
  return sign < 0 && index % 2 === 0 ? -1 : 1
}

function hashOf(coefficients: Float32Array): Uint8Array {
  const median = Float32Array.from(coefficients).sort()[coefficients.length / 2 - 1]!
  const hash = new Uint8Array(32)
  coefficients.forEach((value, n) => {
    const place = coefficients.length - 1 - n
    if (value > median) hash[place >> 3]! |= 1 << (7 - (place & 7))
  })
  return hash
}

/** Bits in which two hashes differ. */
export function pdqDistance(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, byte, n) => sum + (byte ^ b[n]!).toString(2).replaceAll('0', '').length, 0)
}

/** Rows of pixels that are handed over at once. */
const BATCH = 32
/** Numbers of a vector, and of a blur's state. */
const [VECTOR, STATE] = [4, 10]

/** Places of a running mean along a side of so many pixels. */
const windowOver = (count: number) => Math.floor((count + 2 * SIDE - 1) / (2 * SIDE))

/** Blurred by two passes of running means, then 64 x 64 of its pixels: row by row, so that no plane is held. */
function thumbnail(picture: Picture): Float32Array {
  const { width, height, data } = picture
  const { step } = layoutOf(picture)
  const [across, down] = [windowOver(width), windowOver(height)]
  const line = VECTOR * Math.ceil(width / VECTOR)
  const [state, pixels, row, work, small] = layOut(STATE, (BATCH * width * step) / VECTOR, line, 2 * (down + 2) * line, SIDE * SIDE)
  const { beginBlur, blurRows, endBlur } = kernels()
  beginBlur(state, work, width, down)
  for (let top = 0; top < height; top += BATCH) {
    const rows = data.subarray(top * width * step, (top + BATCH) * width * step)
    bytes(pixels, rows.length).set(rows)
    blurRows(state, pixels, rows.length / (width * step), step, width, height, across, down, RED, GREEN, BLUE, row, small)
  }
  endBlur(state, width, height, across, down, row, small)
  return floats(small, SIDE * SIDE).slice()
}

/** Frequencies 1 to 16 of the cosine transform, down and across. */
function transform(small: Float32Array): Float32Array {
  const scale = Math.sqrt(2 / SIDE)
  const cosine = (frequency: number, place: number) => scale * Math.cos((Math.PI / 2 / SIDE) * (frequency + 1) * (2 * place + 1))
  const table = FREQUENCIES * SIDE
  const [pixels, down, across, rows, out] = layOut(SIDE * SIDE, table, table, table, FREQUENCIES * FREQUENCIES)
  const [downTable, acrossTable] = [floats(down, table), floats(across, table)]
  for (let k = 0; k < FREQUENCIES; k++) {
    for (let n = 0; n < SIDE; n++) downTable[k * SIDE + n] = acrossTable[n * FREQUENCIES + k] = cosine(k, n)
  }
  floats(pixels, SIDE * SIDE).set(small)
  kernels().product(down, pixels, FREQUENCIES, SIDE, SIDE, rows)
  kernels().product(rows, across, FREQUENCIES, SIDE, FREQUENCIES, out)
  return floats(out, FREQUENCIES * FREQUENCIES).slice()
}

/** How strongly neighbours in the thumbnail differ. */
function qualityOf(small: Float32Array): number {
  let sum = 0
  const add = (a: number, b: number) => {
    const difference = Math.fround(Math.fround(Math.fround(small[a]! - small[b]!) * 100) / 255)
    sum += Math.abs(Math.trunc(difference))
  }
  for (let n = 0; n < SIDE * (SIDE - 1); n++) add(n, n + SIDE)
  for (let n = 0; n < SIDE * SIDE; n++) if (n % SIDE < SIDE - 1) add(n, n + 1)
  return Math.min(MOST_QUALITY, Math.floor(sum / QUALITY_DIVISOR))
}
