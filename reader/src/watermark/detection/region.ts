/** Which part of a picture carries the mark: blocks vote by their correlation with the code word. */

import { apply, type Matrix } from '../../numeric/matrix.ts'
import { area, clip, type Point } from '../../numeric/polygons.ts'
import { bands } from '../format/carrier.ts'
import type { Reading } from './reading.ts'
import { WEIGHTINGS } from './softbits.ts'

/** Mark units along a block's side. */
const BLOCK_UNITS = 64
/** The share of blocks whose votes say how strong the mark is where it lies. */
const STRONGEST = 0.5
/** A block's vote is worth no more than this, so that single ones do not decide. */
const MOST_VOTE = 8

export interface Region {
  /** Corners in pixels of the picture, in order around the part. */
  readonly corners: readonly Point[]
  /** Its share of the picture's area. */
  readonly coverage: number
}

interface Votes {
  readonly columns: number
  readonly rows: number
  /** Correlation of each block in standard deviations; NaN where nothing was seen. */
  readonly values: Float64Array
}

export function regionOf(reading: Reading, map: Matrix, sign: number, key: Uint8Array, width: number, height: number): Region {
  const votes = voted(reading, sign, key)
  const { left, top } = reading.view.window
  const [x0, y0, x1, y1] = bestRectangle(votes)
  const place = (column: number, row: number) => apply(map, 2 * left + BLOCK_UNITS * column, 2 * top + BLOCK_UNITS * row)
  const corners = clip([place(x0, y0), place(x1, y0), place(x1, y1), place(x0, y1)], width, height)
  return { corners, coverage: Math.min(1, Math.abs(area(corners)) / (width * height)) }
}

function voted(reading: Reading, sign: number, key: Uint8Array): Votes {
  const { floor, gains } = WEIGHTINGS[reading.weighting]!
  const { window, subbands } = reading.view
  const [columns, rows] = [Math.ceil((2 * window.columns) / BLOCK_UNITS), Math.ceil((2 * window.rows) / BLOCK_UNITS)]
  const [sum, square] = [new Float64Array(columns * rows), new Float64Array(columns * rows)]
  bands(key).forEach((band, n) => {
    const found = subbands[n]!
    const across = BLOCK_UNITS >> (band.level + 1)
    for (let y = 0; y < found.height; y++) {
      for (let x = 0; x < found.width; x++) {
        const at = y * found.width + x
        const place = (y % band.side) * band.side + (x % band.side)
        const value = (gains[band.level - 1]! * found.values[at]!) / (found.variance[at]! + floor)
        const block = Math.floor(y / across) * columns + Math.floor(x / across)
        sum[block]! += value * band.chips[place]! * (reading.code[band.bits[place]!] ? -1 : 1)
        square[block]! += value * value
      }
    }
  })
  return { columns, rows, values: sum.map((value, n) => (square[n]! > 0 ? Math.min(MOST_VOTE, (sign * value) / Math.sqrt(square[n]!)) : NaN)) }
}

/** The rectangle of blocks that is likeliest to be the marked part: columns and rows from and to. */
function bestRectangle({ columns, rows, values }: Votes): [number, number, number, number] {
  const seen = values.filter((value) => value > 0).sort()
  const strong = seen.slice(Math.floor(seen.length * (1 - STRONGEST)))
  const strength = strong.reduce((total, value) => total + value, 0) / Math.max(1, strong.length)
  const evidence = values.map((value) => (Number.isNaN(value) ? 0 : value - strength / 2))
  let [best, found]: [number, [number, number, number, number]] = [-Infinity, [0, 0, columns, rows]]
  for (let top = 0; top < rows; top++) {
    const total = new Float64Array(columns)
    for (let bottom = top; bottom < rows; bottom++) {
      for (let x = 0; x < columns; x++) total[x]! += evidence[bottom * columns + x]!
      let [sum, from] = [0, 0]
      for (let x = 0; x < columns; x++) {
        if (sum <= 0) [sum, from] = [0, x]
        sum += total[x]!
        if (sum > best) [best, found] = [sum, [from, top, x + 1, bottom + 1]]
      }
    }
  }
  return found
}
