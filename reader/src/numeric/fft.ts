/** The Fourier transform of a real plane whose sides are powers of two. */

import { floats, kernels, layOut } from './kernels.ts'

/** Lines that the kernel transforms together, and numbers that each takes for a place. */
const LINES = 16
const PARTS = 2

/** Half of the transform of a real plane: `columns` = width / 2 + 1 numbers in each of `height` rows. */
export interface HalfSpectrum {
  readonly re: Float32Array
  readonly im: Float32Array
  readonly width: number
  readonly height: number
  readonly columns: number
}

/** Cosine and sine of each step of a circle, as kernels take them. */
export function turns(size: number): Float32Array {
  return Float32Array.from({ length: 2 * size }, (_, n) => (n % 2 ? Math.sin : Math.cos)((-2 * Math.PI * (n >> 1)) / size))
}

/** Writes row `y` of a plane; says whether there is anything in it. */
export type RowInto = (y: number, row: Float32Array) => boolean

/** The transform in the kernels' memory, until others lay out areas there: rows are `pitch` numbers apart, a multiple of 16. */
export interface Transformed {
  readonly re: number
  readonly im: number
  readonly pitch: number
  readonly width: number
  readonly height: number
  readonly columns: number
}

/** Transform a real plane whose sides are powers of two and 8 at least. */
export function transformReal(rowInto: RowInto, width: number, height: number): Transformed {
  const columns = width / 2 + 1
  const pitch = LINES * Math.ceil((columns + 3) / LINES)
  const strip = PARTS * LINES * Math.max(width, height)
  const room = pitch * Math.max(PARTS * LINES, height)
  const [re, im, rows, one, two, across, down] = layOut(room, room, PARTS * LINES * width, strip, strip, 2 * width, 2 * height)
  floats(across, 2 * width).set(turns(width))
  floats(down, 2 * height).set(turns(height))
  const { transformRows, transformColumns } = kernels()
  const line = 4 * pitch
  for (let top = 0; top < height; top += PARTS * LINES) {
    const strips = floats(rows, PARTS * LINES * width)
    let some = false
    for (let n = 0; n < PARTS * LINES; n++) {
      const row = strips.subarray(n * width, (n + 1) * width)
      if (top + n < height && rowInto(top + n, row)) some = true
      else row.fill(0)
    }
    if (some) transformRows(rows, one, two, across, width, re + top * line, im + top * line, line)
    else for (const part of [re, im]) floats(part + top * line, PARTS * LINES * pitch).fill(0)
  }
  transformColumns(re, im, line, height, one, two, down)
  return { re, im, pitch, width, height, columns }
}

/** The numbers of a transform, taken out of that memory. */
export function halfSpectrum({ re, im, pitch, width, height, columns }: Transformed): HalfSpectrum {
  const taken = (part: number) => {
    const out = new Float32Array(columns * height)
    const from = floats(part, pitch * height)
    for (let y = 0; y < height; y++) out.set(from.subarray(y * pitch, y * pitch + columns), y * columns)
    return out
  }
  return { re: taken(re), im: taken(im), width, height, columns }
}
