/** Fourier transforms of sides that are powers of two: Stockham's, on many lines at once. */

/** Lines that are transformed together, side by side, so that inner loops are long. */
const STRIP = 16

interface Twiddles {
  readonly cos: Float32Array
  readonly sin: Float32Array
}

const made = new Map<number, Twiddles>()

function twiddles(size: number): Twiddles {
  const known = made.get(size)
  if (known) return known
  const angle = (_: unknown, n: number) => (-2 * Math.PI * n) / size
  const angles = Array.from({ length: size }, angle)
  const found = { cos: Float32Array.from(angles, Math.cos), sin: Float32Array.from(angles, Math.sin) }
  made.set(size, found)
  return found
}

/** Complex numbers as two arrays. */
export interface Complex {
  re: Float32Array
  im: Float32Array
}

export function complex(length: number): Complex {
  return { re: new Float32Array(length), im: new Float32Array(length) }
}

/**
 * Transform along the first of two axes: `size` rows of `lines` numbers. Returns whichever of the two buffers
 * holds the result.
 */
export function transformRows(data: Complex, spare: Complex, size: number, lines: number): Complex {
  const turns = twiddles(size)
  let [from, to] = [data, spare]
  let [length, stride] = [size, 1]
  while (length > 1) {
    if (length % 4 === 0) {
      radix4(from, to, turns, length, stride, lines, size)
      length /= 4
      stride *= 4
    } else {
      radix2(from, to, turns, length, stride, lines, size)
      length /= 2
      stride *= 2
    }
    ;[from, to] = [to, from]
  }
  return from
}

function radix2(a: Complex, b: Complex, turns: Twiddles, length: number, stride: number, lines: number, size: number) {
  const half = length / 2
  const run = stride * lines
  const { re, im } = a
  const { re: outRe, im: outIm } = b
  for (let p = 0; p < half; p++) {
    const c = turns.cos[(p * size) / length]!
    const s = turns.sin[(p * size) / length]!
    const end = run * p + run
    for (let i = run * p, j = i + run * half, k = 2 * run * p; i < end; i++, j++, k++) {
      const dr = re[i]! - re[j]!
      const di = im[i]! - im[j]!
      outRe[k] = re[i]! + re[j]!
      outIm[k] = im[i]! + im[j]!
      outRe[k + run] = dr * c - di * s
      outIm[k + run] = dr * s + di * c
    }
  }
}

function radix4(a: Complex, b: Complex, turns: Twiddles, length: number, stride: number, lines: number, size: number) {
  const [quarter, run, unit] = [length / 4, stride * lines, size / length]
  const { re, im } = a
  const { re: outRe, im: outIm } = b
  const { cos, sin } = turns
  for (let p = 0; p < quarter; p++) {
    const c1 = cos[p * unit]!
    const s1 = sin[p * unit]!
    const c2 = cos[2 * p * unit]!
    const s2 = sin[2 * p * unit]!
    const c3 = cos[3 * p * unit]!
    const s3 = sin[3 * p * unit]!
    const end = run * p + run
    for (let i = run * p, k = 4 * run * p; i < end; i++, k++) {
      const j = i + run * quarter
      const l = j + run * quarter
      const m = l + run * quarter
      const sr = re[i]! + re[l]!
      const si = im[i]! + im[l]!
      const dr = re[i]! - re[l]!
      const di = im[i]! - im[l]!
      const tr = re[j]! + re[m]!
      const ti = im[j]! + im[m]!
      const er = im[j]! - im[m]!
      const ei = re[m]! - re[j]!
      outRe[k] = sr + tr
      outIm[k] = si + ti
      outRe[k + run] = (dr + er) * c1 - (di + ei) * s1
      outIm[k + run] = (dr + er) * s1 + (di + ei) * c1
      outRe[k + 2 * run] = (sr - tr) * c2 - (si - ti) * s2
      outIm[k + 2 * run] = (sr - tr) * s2 + (si - ti) * c2
      outRe[k + 3 * run] = (dr - er) * c3 - (di - ei) * s3
      outIm[k + 3 * run] = (dr - er) * s3 + (di - ei) * c3
    }
  }
}

/** Half of the transform of a real plane: `columns` = width / 2 + 1 numbers in each of `height` rows. */
export interface HalfSpectrum extends Complex {
  readonly width: number
  readonly height: number
  readonly columns: number
}

/** Transform a real array whose sides are powers of two; `height` has to be a multiple of 2. */
export function transformReal(data: Float32Array, width: number, height: number): HalfSpectrum {
  const columns = width / 2 + 1
  const out = { ...complex(columns * height), width, height, columns }
  realRows(data, out)
  transformColumns(out)
  return out
}

/** Two rows at a time, as real and imaginary part of one. */
function realRows(data: Float32Array, out: HalfSpectrum): void {
  const { width, height, columns } = out
  const [one, two] = [complex(width * STRIP), complex(width * STRIP)]
  for (let top = 0; top < height; top += 2 * STRIP) {
    const lines = Math.min(STRIP, (height - top) / 2)
    for (let n = 0; n < lines; n++) {
      const from = (top + 2 * n) * width
      for (let x = 0; x < width; x++) {
        one.re[x * lines + n] = data[from + x]!
        one.im[x * lines + n] = data[from + width + x]!
      }
    }
    const { re, im } = transformRows(one, two, width, lines)
    for (let n = 0; n < lines; n++) {
      const to = (top + 2 * n) * columns
      for (let x = 0; x < columns; x++) {
        const i = x * lines + n
        const j = ((width - x) % width) * lines + n
        out.re[to + x] = (re[i]! + re[j]!) / 2
        out.im[to + x] = (im[i]! - im[j]!) / 2
        out.re[to + columns + x] = (im[i]! + im[j]!) / 2
        out.im[to + columns + x] = (re[j]! - re[i]!) / 2
      }
    }
  }
}

function transformColumns(out: HalfSpectrum): void {
  const { height, columns } = out
  const [one, two] = [complex(height * STRIP), complex(height * STRIP)]
  for (let left = 0; left < columns; left += STRIP) {
    const lines = Math.min(STRIP, columns - left)
    for (let y = 0; y < height; y++) {
      for (let n = 0; n < lines; n++) {
        one.re[y * lines + n] = out.re[y * columns + left + n]!
        one.im[y * lines + n] = out.im[y * columns + left + n]!
      }
    }
    const { re, im } = transformRows(one, two, height, lines)
    for (let y = 0; y < height; y++) {
      for (let n = 0; n < lines; n++) {
        out.re[y * columns + left + n] = re[y * lines + n]!
        out.im[y * columns + left + n] = im[y * lines + n]!
      }
    }
  }
}
