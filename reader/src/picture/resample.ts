/** Planes at another size or position along their sides: separable, Lanczos with three lobes. */

import { emptyPlane, type Plane } from './picture.ts'

export const LOBES = 3

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

function taps(axis: Axis, size: number): Taps {
  const spread = Math.max(1, axis.step)
  const width = Math.min(size, 2 * Math.ceil(LOBES * spread) + 1)
  const start = new Int32Array(axis.count)
  const weights = new Float32Array(axis.count * width)
  for (let n = 0; n < axis.count; n++) {
    const place = axis.first + (n + 0.5) * axis.step - 0.5
    const from = Math.min(Math.max(Math.round(place - (width - 1) / 2), 0), size - width)
    let sum = 0
    for (let k = 0; k < width; k++) sum += weights[n * width + k] = lanczos((from + k - place) / spread)
    if (sum) for (let k = 0; k < width; k++) weights[n * width + k]! /= sum
    start[n] = from
  }
  return { start, width, weights }
}

/** Resample a plane; what is finer than the new samples is taken out first. */
export function resample(plane: Plane, across: Axis, down: Axis): Plane {
  return resampleDown(resampleAcross(plane, across), down)
}

function resampleAcross(plane: Plane, axis: Axis): Plane {
  const { start, width, weights } = taps(axis, plane.width)
  const out = emptyPlane(axis.count, plane.height)
  for (let y = 0; y < plane.height; y++) {
    const row = y * plane.width
    for (let n = 0; n < axis.count; n++) {
      const from = row + start[n]!
      const tap = n * width
      let sum = 0
      for (let k = 0; k < width; k++) sum += weights[tap + k]! * plane.data[from + k]!
      out.data[y * axis.count + n] = sum
    }
  }
  return out
}

function resampleDown(plane: Plane, axis: Axis): Plane {
  const { start, width, weights } = taps(axis, plane.height)
  const out = emptyPlane(plane.width, axis.count)
  const size = plane.width
  for (let n = 0; n < axis.count; n++) {
    const row = out.data.subarray(n * size, (n + 1) * size)
    for (let k = 0; k < width; k++) {
      const weight = weights[n * width + k]!
      if (weight === 0) continue
      const from = (start[n]! + k) * size
      for (let x = 0; x < size; x++) row[x]! += weight * plane.data[from + x]!
    }
  }
  return out
}

/** The plane made smaller by these factors (over 1), whole. */
export function shrink(plane: Plane, across: number, down: number): Plane {
  const axis = (size: number, factor: number) => {
    const count = Math.max(1, Math.round(size / factor))
    return { count, step: size / count, first: 0 }
  }
  return resample(plane, axis(plane.width, across), axis(plane.height, down))
}
