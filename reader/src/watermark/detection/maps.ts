/** Power in coordinates in which a change of scale, angle or stretch only shifts the lines. */

import { powerAt, type Power } from './power.ts'

/** Steps in the logarithm of the radius, and in radians: half of one is about a quarter of a bin at the outer lines. */
const STEP_BINS = 0.5
const OUTER_FREQUENCY = 0.16
const STEP_LIMITS = [0.003, 0.03] as const
/** Cycles a pixel: nothing can be seen beyond, and below there is only the picture itself. */
export const HIGHEST = 0.49
const LEAST_BINS = 7
/** The lowest frequency along one side that a line can have, over the lowest radius. */
const LEAST_SHARE = 0.12

/**
 * Sums of two places' power. In the polar map, rows are directions up to a quarter turn, columns logarithms of the
 * radius, and a place holds both quarters. In the stretch map, rows and columns are the logarithms of the
 * frequencies down and across, and a place holds both diagonals.
 */
export interface LogMap {
  readonly step: number
  /** Logarithm of the first column's frequency. */
  readonly first: number
  readonly rows: number
  readonly columns: number
  readonly values: Float32Array
  /** Pixels of the picture across and down. */
  readonly extent: readonly [number, number]
}

export function stepOf(power: Power): number {
  const size = Math.sqrt(power.extent[0] * power.extent[1])
  return Math.min(STEP_LIMITS[1], Math.max(STEP_LIMITS[0], STEP_BINS / (size * OUTER_FREQUENCY)))
}

function lowestOf(power: Power): number {
  return LEAST_BINS / Math.min(...power.extent)
}

function frequencies(first: number, step: number): Float64Array {
  const count = Math.max(1, Math.floor((Math.log(HIGHEST) - first) / step))
  return Float64Array.from({ length: count }, (_, n) => Math.exp(first + n * step))
}

export function polarMap(power: Power): LogMap {
  const rows = Math.ceil(Math.PI / 2 / stepOf(power))
  const step = Math.PI / 2 / rows
  const first = Math.log(lowestOf(power))
  const lengths = frequencies(first, step)
  const columns = lengths.length
  const values = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    const x = Math.cos(row * step)
    const y = Math.sin(row * step)
    for (let n = 0; n < columns; n++) {
      const length = lengths[n]!
      values[row * columns + n] = powerAt(power, length * x, length * y) + powerAt(power, -length * y, length * x)
    }
  }
  return { step, first, rows, columns, values, extent: power.extent }
}

export function stretchMap(power: Power): LogMap {
  const step = stepOf(power)
  const first = Math.log(lowestOf(power) * LEAST_SHARE)
  const lengths = frequencies(first, step)
  const columns = lengths.length
  const values = new Float32Array(columns * columns)
  for (let row = 0; row < columns; row++) {
    const down = lengths[row]!
    for (let n = 0; n < columns; n++) {
      values[row * columns + n] = powerAt(power, lengths[n]!, down) + powerAt(power, lengths[n]!, -down)
    }
  }
  return { step, first, rows: columns, columns, values, extent: power.extent }
}
