/** Planes at another size or position along their sides: separable, Lanczos with three lobes. */

import { emptyPlane, type Plane, type Rows } from './picture.ts'

export const LOBES = 3

/** How much a pixel counts by its distance, in pixels of the smaller side; none from `reach` on. */
export interface Kernel {
  readonly reach: number
  readonly weight: (distance: number) => number
}

/** Keeps what is fine. */
export const FINE: Kernel = { reach: LOBES, weight: lanczos }
/** A third of the work: for what has nothing fine. */
export const PLAIN: Kernel = { reach: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) }

export function lanczos(x: number): number {
  if (x === 0) return 1
  if (Math.abs(x) >= LOBES) return 0
  const turn = Math.PI * x
  return (LOBES * Math.sin(turn) * Math.sin(turn / LOBES)) / (turn * turn)
}

/** Samples along one side: number n lies at the place `first + (n + 1/2) * step`, pixel p from p to p + 1. */
export interface Axis {
  readonly count: number
  readonly step: number
  readonly first: number
}

interface Taps {
  readonly start: Int32Array
  readonly width: number
  readonly weights: Float32Array
}

function taps(axis: Axis, size: number, { reach, weight }: Kernel): Taps {
  const spread = Math.max(1, axis.step)
  const width = Math.min(size, 2 * Math.ceil(reach * spread) + 1)
  const start = new Int32Array(axis.count)
  const weights = new Float32Array(axis.count * width)
  for (let n = 0; n < axis.count; n++) {
    const place = axis.first + (n + 0.5) * axis.step - 0.5
    const from = Math.min(Math.max(Math.round(place - (width - 1) / 2), 0), size - width)
    let sum = 0
    for (let k = 0; k < width; k++) sum += weights[n * width + k] = weight((from + k - place) / spread)
    if (sum) for (let k = 0; k < width; k++) weights[n * width + k]! /= sum
    start[n] = from
  }
  return { start, width, weights }
}

/** Resample a plane, row by row; what is finer than the new samples is taken out first. */
export function resample(rows: Rows, across: Axis, down: Axis, kernel: Kernel = FINE): Plane {
  const [above, beside] = [taps(down, rows.height, kernel), taps(across, rows.width, kernel)]
  const out = emptyPlane(across.count, down.count)
  const row = new Float32Array(rows.width)
  for (let n = 0; n < down.count; n++) {
    mixRows(rows, above, n, row)
    resampleRow(row, beside, out.data.subarray(n * across.count, (n + 1) * across.count))
  }
  return out
}

/** Row `n` of the new ones, still as wide as the old. */
function mixRows(rows: Rows, { start, width, weights }: Taps, n: number, out: Float32Array): void {
  out.fill(0)
  for (let k = 0; k < width; k++) {
    const weight = weights[n * width + k]!
    if (weight === 0) continue
    const from = rows.row(start[n]! + k)
    for (let x = 0; x < out.length; x++) out[x]! += weight * from[x]!
  }
}

function resampleRow(row: Float32Array, { start, width, weights }: Taps, out: Float32Array): void {
  for (let n = 0; n < out.length; n++) {
    const from = start[n]!
    const tap = n * width
    let sum = 0
    for (let k = 0; k < width; k++) sum += weights[tap + k]! * row[from + k]!
    out[n] = sum
  }
}

/** The plane made smaller by these factors (over 1), whole. */
export function shrink(rows: Rows, across: number, down: number): Plane {
  return shrinkTo(rows, rows.width / across, rows.height / down)
}

/** The plane made smaller to about these sides, whole. */
export function shrinkTo(rows: Rows, width: number, height: number, kernel: Kernel = FINE): Plane {
  const axis = (size: number, to: number) => {
    const count = Math.max(1, Math.round(to))
    return { count, step: size / count, first: 0 }
  }
  return resample(rows, axis(rows.width, width), axis(rows.height, height), kernel)
}
