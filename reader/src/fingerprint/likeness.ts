/** Whether chance explains that a picture's steps are like the signed ones, at every offset of whole tiles. */

import { chanceOf } from '../numeric/student.ts'
import { TILE } from '../watermark/format/constants.ts'
import type { Cells } from './cells.ts'
import { brightness, type Lattice } from './lattice.ts'

/** Grey levels at which a step is softened, and from which on it is reliable. */
const [SOFT, RELIABLE] = [8, 4]
/** How far neighbours count, in cells. */
const REACH = 4
const LEAST_NEIGHBOURS = 1e-6
const FULL_NEIGHBOURS = 0.05
const MOST_CORRELATION = 1 - 1e-6
/** How much steps depend on each other. */
const DEPENDENCE = 1.6 ** 2
const LEAST_FREEDOM = 2
/** Fully reliable steps with which an offset is tried. */
const LEAST_WEIGHT = 12

export interface Offset {
  /** The row and column of the fingerprint on which the picture's first cell is laid. */
  readonly row: number
  readonly column: number
  readonly weight: number
  readonly agreement: number
  readonly chance: number
  readonly evidence: number
}

export const isTried = ({ weight }: Offset) => weight >= LEAST_WEIGHT

/** The share of steps that have the other sign. */
export function bitErrorRate({ weight, agreement }: Offset): number {
  return Math.min(1, Math.max(0, (1 - agreement / weight) / 2))
}

interface Field {
  readonly rows: number
  readonly columns: number
  readonly plain: Float64Array
  /** 1 where a step counts. */
  readonly counts: Float64Array
  readonly whitened: Float64Array
}

/** Every offset, in order of row, then column. */
export function offsetsOf(signed: Lattice, cells: Cells): Offset[] {
  const ours = fieldsOf(brightness(signed), signed.rows, signed.columns)
  const seen = fieldsOf(cells.means, cells.rows, cells.columns)
  const period = Math.max(1, Math.floor(TILE / signed.side))
  const places = (signedCount: number, count: number, first: number) => {
    const all = Array.from({ length: Math.max(0, signedCount + count - 1) }, (_, n) => n + 1 - count)
    return all.filter((place) => (((place - first) % period) + period) % period === 0)
  }
  const rows = places(signed.rows, cells.rows, cells.row)
  const columns = places(signed.columns, cells.columns, cells.column)
  return rows.flatMap((row) => columns.map((column) => offsetAt(ours, seen, row, column)))
}

/** The steps across and the steps down. */
function fieldsOf(values: Float64Array, rows: number, columns: number): Field[] {
  return [stepsOf(values, rows, columns, 1, 0), stepsOf(values, rows, columns, 0, 1)]
}

function stepsOf(values: Float64Array, rows: number, columns: number, right: number, down: number): Field {
  const [height, width] = [Math.max(0, rows - down), Math.max(0, columns - right)]
  const plain = new Float64Array(height * width)
  const counts = new Float64Array(height * width)
  for (let n = 0; n < plain.length; n++) {
    const at = Math.floor(n / width) * columns + (n % width)
    const step = values[at + down * columns + right]! - values[at]!
    if (Number.isNaN(step)) continue
    plain[n] = step
    counts[n] = 1
  }
  return { rows: height, columns: width, plain, counts, whitened: whiten(plain, counts, height, width) }
}

const TAPS = Float64Array.from({ length: 2 * REACH + 1 }, (_, n) => Math.exp(-((n - REACH) ** 2) / 2))
const TOTAL = TAPS.reduce((sum, tap) => sum + tap, 0)

/** Softened steps less what their neighbours have in common. */
function whiten(plain: Float64Array, counts: Float64Array, rows: number, columns: number): Float64Array {
  const soft = plain.map((step) => Math.atan(step / SOFT))
  const [around, present] = [neighbours(soft, rows, columns), neighbours(counts, rows, columns)]
  return soft.map((value, n) => {
    const share = Math.min(1, Math.max(0, present[n]! / FULL_NEIGHBOURS))
    return value - ((counts[n]! * around[n]!) / Math.max(present[n]!, LEAST_NEIGHBOURS)) * share
  })
}

/** A Gaussian sum around each element without itself; outside is nothing. */
function neighbours(values: Float64Array, rows: number, columns: number): Float64Array {
  const across = new Float64Array(values.length)
  const out = new Float64Array(values.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let t = Math.max(-REACH, -column); t <= Math.min(REACH, columns - 1 - column); t++) {
        across[row * columns + column]! += (TAPS[t + REACH]! / TOTAL) * values[row * columns + column + t]!
      }
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let t = Math.max(-REACH, -row); t <= Math.min(REACH, rows - 1 - row); t++) {
      const tap = TAPS[t + REACH]! / TOTAL
      for (let column = 0; column < columns; column++) out[row * columns + column]! += tap * across[(row + t) * columns + column]!
    }
  }
  return out.map((sum, n) => sum - values[n]! / TOTAL ** 2)
}

function offsetAt(signed: readonly Field[], seen: readonly Field[], row: number, column: number): Offset {
  let [product, variance, ours, theirs, weight, agreement] = [0, 0, 0, 0, 0, 0]
  signed.forEach((field, kind) => {
    const other = seen[kind]!
    const [top, bottom] = [Math.max(0, -row), Math.min(other.rows, field.rows - row)]
    const [left, right] = [Math.max(0, -column), Math.min(other.columns, field.columns - column)]
    for (let y = top; y < bottom; y++) {
      let from = (y + row) * field.columns + left + column
      for (let at = y * other.columns + left; at < y * other.columns + right; at++, from++) {
        const [e, o] = [field.whitened[from]!, other.whitened[at]!]
        product += e * o
        variance += e * e * o * o
        ours += e * e * other.counts[at]!
        theirs += o * o
        const reliable = Math.min(Math.abs(other.plain[at]!) / RELIABLE, 1)
        if (field.plain[from] === 0) continue
        weight += reliable
        agreement += Math.sign(field.plain[from]!) * Math.sign(other.plain[at]!) * reliable
      }
    }
  })
  return { row, column, weight, agreement, ...evidenceOf(product, variance, ours * theirs) }
}

function evidenceOf(product: number, variance: number, power: number): { chance: number; evidence: number } {
  const raw = product / Math.sqrt(Math.max(power, LEAST_NEIGHBOURS))
  const correlation = Math.min(MOST_CORRELATION, Math.max(-MOST_CORRELATION, raw))
  const freedom = power / Math.max(variance, LEAST_NEIGHBOURS) / DEPENDENCE
  if (freedom < LEAST_FREEDOM) return { chance: 1, evidence: 0 }
  const evidence = -Math.sign(correlation) * freedom * Math.log(1 - correlation * correlation)
  return { chance: chanceOf(correlation, freedom), evidence }
}
