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

/** Blurred by two passes of running means, then 64 x 64 of its pixels. */
function thumbnail(picture: Picture): Float32Array {
  const { width, height, data } = picture
  const { step, green, blue } = layoutOf(picture)
  const one = new Float32Array(width * height)
  for (let n = 0, at = 0; n < one.length; n++, at += step) {
    const sum = Math.fround(Math.fround(RED * data[at]!) + Math.fround(GREEN * data[at + green]!))
    one[n] = Math.fround(sum + Math.fround(BLUE * data[at + blue]!))
  }
  const line = new Float32Array(Math.max(width, height))
  const window = (size: number) => Math.floor((size + 2 * SIDE - 1) / (2 * SIDE))
  for (let pass = 0; pass < PASSES; pass++) {
    for (let y = 0; y < height; y++) {
      line.set(one.subarray(y * width, (y + 1) * width))
      runningMean(line, one, y * width, 1, width, window(width))
    }
    for (let x = 0; x < width; x++) {
      for (let y = 0, at = x; y < height; y++, at += width) line[y] = one[at]!
      runningMean(line, one, x, width, height, window(height))
    }
  }
  return Float32Array.from({ length: SIDE * SIDE }, (_, n) => {
    const row = Math.floor(((Math.floor(n / SIDE) + 0.5) * height) / SIDE)
    const column = Math.floor((((n % SIDE) + 0.5) * width) / SIDE)
    return one[row * width + column]!
  })
}

/** Mean of a window along a line that is cut off at both ends; the sum runs in single precision as the reference's does. */
function runningMean(from: Float32Array, to: Float32Array, first: number, stride: number, count: number, window: number): void {
  const half = Math.floor((window + 2) / 2)
  let sum = 0
  let size = 0
  let right = 0
  let left = 0
  let out = first
  const write = () => {
    to[out] = Math.fround(sum / size)
    out += stride
  }
  const enter = () => {
    sum = Math.fround(sum + from[right++]!)
  }
  const leave = () => {
    sum = Math.fround(sum - from[left++]!)
  }
  for (let n = 0; n < half - 1; n++, size++) enter()
  for (let n = 0; n < window - half + 1; n++) {
    enter()
    size++
    write()
  }
  for (let n = 0; n < count - window; n++) {
    enter()
    leave()
    write()
  }
  for (let n = 0; n < half - 1; n++) {
    leave()
    size--
    write()
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
