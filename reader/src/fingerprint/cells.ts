/** How bright the cells of the mark's plane are in a picture, however it lies. */

import { apply, invert, multiply, type Matrix } from '../numeric/matrix.ts'
import type { Picture } from '../picture/picture.ts'
import { bilinear, reduced } from './lattice.ts'

const SAMPLES = 8
const MOST_CELLS = 65_536
/** Entries of a map over this say nothing. */
const MOST_ENTRY = 1e9
/** How much longer than a cell's side a needle is, squared. */
const MOST_STRETCH = 16

/** Cells in rows; NaN where a cell is not inside. */
export interface Cells {
  /** The first row and column, counted in cells from the mark's corner. */
  readonly row: number
  readonly column: number
  readonly rows: number
  readonly columns: number
  readonly means: Float64Array
}

/** The cells of a picture under a map; undefined where nothing can be measured. */
export function measureCells(picture: Picture, map: Matrix, side: number): Cells | undefined {
  const [a, b, , d, e] = map as [number, number, number, number, number]
  const scale = Math.sqrt(Math.abs(a * e - b * d))
  if (!map.slice(0, 6).every((entry) => Math.abs(entry) < MOST_ENTRY) || !(scale * side >= 1)) return undefined
  if (a * a + b * b + d * d + e * e > MOST_STRETCH * scale * scale) return undefined
  const places = multiply(map, [side, 0, 0, 0, side, 0, 0, 0, 1])
  const window = windowOf(places, picture, side)
  if (!window) return undefined
  const means = new Float64Array(window.rows * window.columns).fill(NaN)
  const inside = insideOf(places, picture, scale / 2, window)
  if (!inside.includes(1)) return undefined
  const factor = Math.max(1, Math.floor((scale * side) / SAMPLES))
  const small = reduced(picture, factor)
  inside.forEach((there, n) => {
    if (!there) return
    const [column, row] = [window.column + (n % window.columns), window.row + Math.floor(n / window.columns)]
    let sum = 0
    for (let j = 0; j < SAMPLES; j++) {
      for (let i = 0; i < SAMPLES; i++) {
        const [x, y] = apply(places, column + (i + 0.5) / SAMPLES, row + (j + 0.5) / SAMPLES)
        sum += bilinear(small, x / factor - 0.5, y / factor - 0.5)
      }
    }
    means[n] = sum / (SAMPLES * SAMPLES)
  })
  return { ...window, means }
}

type Window = Omit<Cells, 'means'>

function windowOf(places: Matrix, { width, height }: Picture, side: number): Window | undefined {
  const back = invert(places)
  const corners = [[0, 0], [width, 0], [0, height], [width, height]].map(([x, y]) => apply(back, x!, y!))
  const range = (n: 0 | 1) => {
    const along = corners.map((corner) => corner[n])
    const first = Math.floor(Math.min(...along) + 0.5 / side)
    return [first, Math.ceil(Math.max(...along) - 0.5 / side) - first] as const
  }
  const [[column, across], [row, down]] = [range(0), range(1)]
  const columns = Math.min(across, MOST_CELLS)
  const rows = Math.min(down, Math.floor(MOST_CELLS / columns))
  return columns > 0 && rows > 0 ? { row, column, rows, columns } : undefined
}

/** 1 for each cell all of whose corners lie in the picture, or little outside. */
function insideOf(places: Matrix, { width, height }: Picture, margin: number, window: Window): Uint8Array {
  const { row, column, rows, columns } = window
  const corners = new Uint8Array((rows + 1) * (columns + 1))
  for (let r = 0; r <= rows; r++) {
    for (let c = 0; c <= columns; c++) {
      const [x, y] = apply(places, column + c, row + r)
      const there = x >= -margin && x <= width + margin && y >= -margin && y <= height + margin
      corners[r * (columns + 1) + c] = there ? 1 : 0
    }
  }
  return Uint8Array.from({ length: rows * columns }, (_, n) => {
    const at = Math.floor(n / columns) * (columns + 1) + (n % columns)
    return corners[at]! & corners[at + 1]! & corners[at + columns + 1]! & corners[at + columns + 2]!
  })
}
