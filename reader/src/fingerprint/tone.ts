/** Whether the signed brightness explains the picture's, up to a rising tone curve. */

import { risingCurve } from '../numeric/curve.ts'

/** Grey levels from which on a step is reliable. */
const RELIABLE = 4
const QUANTILES = [0, 0.25, 0.5, 0.75, 1] as const
const FITS = 6
const LEAST_TRUST = 0.001
/** Grey levels by which a cell may be off before it is trusted less, and times the median. */
const [LEAST_OFF, MEDIANS_OFF] = [2, 1.5]
/** Cells over which steps are taken. */
const REACHES = [1, 2, 4] as const
/** Grey levels that a step counts at most. */
const MOST_STEP = 48

export interface Explained {
  readonly unexplained: number
  readonly contrast: number
}

/** Cells in rows, signed and seen; NaN where there is none. */
export interface Pair {
  readonly rows: number
  readonly columns: number
  readonly signed: Float64Array
  readonly seen: Float64Array
}

export function explain(pair: Pair): Explained {
  const cells = Array.from(pair.seen.keys()).filter((n) => !Number.isNaN(pair.seen[n]!) && !Number.isNaN(pair.signed[n]!))
  const nothing = { unexplained: 1, contrast: 0 }
  if (!cells.length) return nothing
  const weight = weights(pair)
  const rest = new Float64Array(pair.seen.length).fill(NaN)
  const left = residuals(pair, cells, weight)
  cells.forEach((n, at) => (rest[n] = left[at]!))
  const steps = REACHES.map((reach) => stepsOf(pair, rest, reach))
  const total = (value: (step: Step) => number) => steps.flat().reduce((sum, step) => sum + step.reliable * value(step), 0)
  const signed = total((step) => Math.abs(step.signed))
  if (signed === 0) return nothing
  const contrast = total((step) => Math.abs(step.seen - step.rest)) / signed
  const limit = MOST_STEP * Math.max(1, contrast)
  const [middle, middleRest] = [median(cells.map((n) => pair.seen[n]!)), median(left)]
  const levels = cells.map((n, at) => ({ reliable: weight[n]!, seen: pair.seen[n]! - middle, rest: left[at]! - middleRest }))
  const shares = [levels, ...steps.filter((each) => each.length)].map((each) => shareOf(each, limit))
  return { unexplained: shares.reduce((sum, share) => sum + share, 0) / shares.length, contrast }
}

interface Step {
  readonly reliable: number
  readonly signed: number
  readonly seen: number
  readonly rest: number
}

function shareOf(steps: readonly Omit<Step, 'signed'>[], limit: number): number {
  const total = (key: 'seen' | 'rest') => steps.reduce((sum, step) => sum + step.reliable * Math.min(Math.abs(step[key]), limit), 0)
  const whole = total('seen')
  return whole === 0 ? 1 : total('rest') / whole
}

/** What a cell's largest difference to a neighbour is worth. */
function weights({ rows, columns, seen, signed }: Pair): Float64Array {
  const there = seen.map((value, n) => (Number.isNaN(signed[n]!) ? NaN : value))
  return there.map((value, n) => {
    const [row, column] = [Math.floor(n / columns), n % columns]
    const beside = [column > 0 ? n - 1 : -1, column < columns - 1 ? n + 1 : -1, row > 0 ? n - columns : -1, row < rows - 1 ? n + columns : -1]
    const most = beside.reduce((greatest, at) => (at < 0 ? greatest : Math.max(greatest, Math.abs(value - there[at]!) || 0)), 0)
    return Math.min(1, most / RELIABLE)
  })
}

function stepsOf({ rows, columns, signed, seen }: Pair, rest: Float64Array, reach: number): Step[] {
  const found: Step[] = []
  const add = (from: number, to: number) => {
    const step = { signed: signed[to]! - signed[from]!, seen: seen[to]! - seen[from]!, rest: rest[to]! - rest[from]! }
    if (!Number.isNaN(step.rest)) found.push({ ...step, reliable: Math.min(Math.abs(step.seen) / RELIABLE, 1) })
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column
      if (column + reach < columns) add(at, at + reach)
      if (row + reach < rows) add(at, at + reach * columns)
    }
  }
  return found
}

/** What the tone curve leaves of the cells, fitted again and again with less trust in those that are off. */
function residuals(pair: Pair, cells: readonly number[], weight: Float64Array): number[] {
  const [signed, seen] = [cells.map((n) => pair.signed[n]!), cells.map((n) => pair.seen[n]!)]
  const knots = [...new Set(QUANTILES.map((quantile) => quantileOf(signed, quantile)))]
  const base = cells.map((n) => weight[n]! + LEAST_TRUST)
  let trust = base
  let left: number[] = []
  for (let fit = 0; fit < FITS; fit++) {
    const fitted = risingCurve(signed, seen, trust, knots)
    left = seen.map((value, n) => value - fitted[n]!)
    const off = Math.max(LEAST_OFF, MEDIANS_OFF * median(left.map(Math.abs)))
    trust = base.map((value, n) => value / (1 + (left[n]! / off) ** 2))
  }
  return left
}

function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = Float64Array.from(values).sort()
  const place = quantile * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  return below + (place - Math.floor(place)) * (above - below)
}

const median = (values: readonly number[]) => quantileOf(values, 0.5)
