/** PDQ, the perceptual hash of whole pictures: 256 bits, the reference's arithmetic in single precision. */

import { layoutOf, type Picture } from '../picture/picture.ts'

const SIDE = 64
const FREQUENCIES = 16
const PASSES = 2
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

/** Blurred by two passes of running means, then 64 x 64 of its pixels: row by row, so that no plane is held. */
function thumbnail(picture: Picture): Float32Array {
  const { width, height } = picture
  const out = new Float32Array(SIDE * SIDE)
  let rows = lumaRows(picture)
  for (let pass = 0; pass < PASSES; pass++) rows = meansDown(meansAcross(rows, width), width, height)
  let y = 0
  let n = 0
  for (const row of rows) {
    for (; n < SIDE && Math.floor(((n + 0.5) * height) / SIDE) === y; n++) {
      for (let m = 0; m < SIDE; m++) out[n * SIDE + m] = row[Math.floor(((m + 0.5) * width) / SIDE)]!
    }
    y++
  }
  return out
}

/** Rows, each of which holds until the next one is asked for. */
type RowByRow = Generator<Float32Array, void, undefined>

function* lumaRows(picture: Picture): RowByRow {
  const { width, height, data } = picture
  const { step, green, blue } = layoutOf(picture)
  const row = new Float32Array(width)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += step) {
      const sum = Math.fround(Math.fround(RED * data[at]!) + Math.fround(GREEN * data[at + green]!))
      row[x] = Math.fround(sum + Math.fround(BLUE * data[at + blue]!))
    }
    yield row
  }
}

/** Places that a window over a line has, and those of them that are before its middle, or are it. */
function windowOver(count: number): { window: number; half: number } {
  const window = Math.floor((count + 2 * SIDE - 1) / (2 * SIDE))
  return { window, half: Math.floor((window + 2) / 2) }
}

/** Means of a window along each row, cut off at both ends; sums run in single precision as the reference's do. */
function* meansAcross(rows: RowByRow, width: number): RowByRow {
  const { window, half } = windowOver(width)
  const out = new Float32Array(width)
  for (const row of rows) {
    let [sum, right, left, x] = [0, 0, 0, 0]
    while (right < half - 1) sum = Math.fround(sum + row[right++]!)
    while (right < window) {
      sum = Math.fround(sum + row[right++]!)
      out[x++] = sum / right
    }
    while (right < width) {
      sum = Math.fround(Math.fround(sum + row[right++]!) - row[left++]!)
      out[x++] = sum / window
    }
    while (x < width) {
      sum = Math.fround(sum - row[left++]!)
      out[x++] = sum / (width - left)
    }
    yield out
  }
}

/** The same along the columns, of which a window's rows are held. */
function* meansDown(rows: RowByRow, width: number, height: number): RowByRow {
  const { window, half } = windowOver(height)
  const held = Array.from({ length: window + 1 }, () => new Float32Array(width))
  const [sum, out] = [new Float32Array(width), new Float32Array(width)]
  let [entered, left] = [0, 0]
  const leave = () => {
    const row = held[left++ % held.length]!
    for (let x = 0; x < width; x++) sum[x]! -= row[x]!
  }
  const mean = () => {
    for (let x = 0; x < width; x++) out[x] = sum[x]! / (entered - left)
    return out
  }
  for (const row of rows) {
    held[entered++ % held.length]!.set(row)
    for (let x = 0; x < width; x++) sum[x]! += row[x]!
    if (entered > window) leave()
    if (entered >= half) yield mean()
  }
  for (let n = 0; n < half - 1; n++) {
    leave()
    yield mean()
  }
}

/** Frequencies 1 to 16 of the cosine transform, down and across. */
function transform(small: Float32Array): Float32Array {
  const scale = Math.sqrt(2 / SIDE)
  const cosines = Float32Array.from({ length: FREQUENCIES * SIDE }, (_, n) => {
    const [frequency, place] = [Math.floor(n / SIDE) + 1, n % SIDE]
    return scale * Math.cos((Math.PI / 2 / SIDE) * frequency * (2 * place + 1))
  })
  const rows = new Float32Array(FREQUENCIES * SIDE)
  for (let i = 0; i < FREQUENCIES; i++) {
    for (let j = 0; j < SIDE; j++) {
      let sum = 0
      for (let k = 0; k < SIDE; k++) sum = Math.fround(sum + Math.fround(cosines[i * SIDE + k]! * small[k * SIDE + j]!))
      rows[i * SIDE + j] = sum
    }
  }
  const out = new Float32Array(FREQUENCIES * FREQUENCIES)
  for (let i = 0; i < FREQUENCIES; i++) {
    for (let j = 0; j < FREQUENCIES; j++) {
      let sum = 0
      for (let k = 0; k < SIDE; k++) sum = Math.fround(sum + Math.fround(rows[i * SIDE + k]! * cosines[j * SIDE + k]!))
      out[i * FREQUENCIES + j] = sum
    }
  }
  return out
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
