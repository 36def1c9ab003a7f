/** Planes at another size or position along their sides: separable, Lanczos with three lobes. */

import { floats, integers, kernels, layOut } from '../numeric/kernels.ts'
import { BATCH, emptyPlane, type Plane, type Rows } from './picture.ts'

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

/** Numbers of a vector. */
const VECTORS = 4

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

/** Resample a plane, few rows at a time; what is finer than the new samples is taken out first. */
export function resample(rows: Rows, across: Axis, down: Axis, kernel: Kernel = FINE): Plane {
  const above = taps(down, rows.height, kernel)
  const beside = padded(taps(across, rows.width, kernel))
  const slots = Math.min(rows.height, above.width + BATCH)
  const [ring, spare, pointers, mixed, made] = [slots * rows.width + 4 * VECTORS, BATCH * rows.width, above.width, rows.width + 4 * VECTORS, BATCH * across.count + VECTORS]
  const areas = layOut(above.start.length, above.weights.length, beside.start.length, beside.weights.length, ring, spare, pointers, mixed, made)
  const [starts, weights, startsAcross, weightsAcross, held, bytes, table, line, out] = areas
  integers(starts, above.start.length).set(above.start)
  floats(weights, above.weights.length).set(above.weights)
  integers(startsAcross, beside.start.length).set(beside.start)
  floats(weightsAcross, beside.weights.length).set(beside.weights)
  for (const [area, length] of [[held, ring], [line, mixed]] as const) floats(area, length).fill(0) // what is read beyond the last number counts nothing, and has to be one
  const plane = emptyPlane(across.count, down.count)
  let loaded = above.start[0]!
  for (let first = 0, last = 1; first < down.count; first = last++) {
    while (last < down.count && last - first < BATCH && above.start[last]! + above.width <= above.start[first]! + slots) last++
    loaded = load(rows, Math.max(loaded, above.start[first]!), above.start[last - 1]! + above.width, held, slots, bytes)
    kernels().resample(held, slots, rows.width, starts, weights, above.width, first, last, table, line, startsAcross, weightsAcross, beside.width, across.count, out)
    plane.data.set(floats(out, (last - first) * across.count), first * across.count)
  }
  return plane
}

/** Write rows to where they are held: row y in slot y mod `slots`. */
function load(rows: Rows, first: number, end: number, held: number, slots: number, spare: number): number {
  for (let y = first; y < end; ) {
    const slot = y % slots
    const count = Math.min(BATCH, end - y, slots - slot)
    rows.into(y, count, held + 4 * slot * rows.width, spare)
    y += count
  }
  return Math.max(first, end)
}

/** As kernels take them: samples and taps of each in fours, and what is added weighs nothing. */
function padded({ start, width, weights }: Taps): Taps {
  const [count, wide] = [VECTORS * Math.ceil(start.length / VECTORS), VECTORS * Math.ceil(width / VECTORS)]
  const [starts, padded] = [new Int32Array(count), new Float32Array(count * wide)]
  starts.set(start)
  for (let n = 0; n < start.length; n++) padded.set(weights.subarray(n * width, (n + 1) * width), n * wide)
  return { start: starts, width: wide, weights: padded }
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
