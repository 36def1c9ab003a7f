/** A plane of the mark's samples under any map from mark to picture. */

import { apply, invert, linear, multiply, type Matrix } from '../../numeric/matrix.ts'
import { emptyPlane, rowsOf, type Plane, type Rows } from '../../picture/picture.ts'
import { LOBES, lanczos, shrinkTo, type Kernel } from '../../picture/resample.ts'
import { SAMPLES, UNITS_PER_SAMPLE } from '../format/constants.ts'

/** Pixels for a sample that pictures are shrunk to before they are sampled between pixels. */
const PIXELS_PER_SAMPLE = 1.4
/** Sizes that pictures are made smaller to lie this far apart, so that one serves many maps. */
const LOG_STEP = Math.log(1.15)
/** Steps that make a picture half as large: a size is made from one that is twice as large at least. */
const SPARED = 5
/** Pixels of sizes that are kept of a picture, in 4 bytes each. */
const MOST_KEPT = 1 << 22
const PHASES = 64
const TAPS = 2 * LOBES

/** Samples `[row][column]` of the mark's plane; the first is `left`, `top` samples from a tile's corner. */
export interface Window {
  readonly left: number
  readonly top: number
  readonly columns: number
  readonly rows: number
}

/** The samples of a picture and which of them lie in it. */
export interface Sampled {
  readonly plane: Plane
  readonly inside: Uint8Array
}

/** Picture pixels per mark unit, across and down the picture, around one of its places. */
export function scalesAt(map: Matrix, x: number, y: number): [number, number] {
  const back = invert(map)
  const [u, v] = apply(back, x, y)
  const [right, below] = [apply(map, u + 1, v), apply(map, u, v + 1)]
  return [Math.hypot(right[0] - x, below[0] - x), Math.hypot(right[1] - y, below[1] - y)]
}

/** The smallest window of whole samples that holds the picture; its corner is a tile's. */
export function windowOf(map: Matrix, width: number, height: number, most: number): Window {
  const back = invert(map)
  const corners = [[0, 0], [width, 0], [0, height], [width, height]].map(([x, y]) => apply(back, x!, y!))
  const side = (n: 0 | 1) => {
    const places = corners.map((corner) => corner[n] / UNITS_PER_SAMPLE)
    const [low, high] = [Math.min(...places), Math.max(...places)]
    const middle = (low + high) / 2
    const from = SAMPLES * Math.floor(Math.max(low, middle - most / 2) / SAMPLES)
    const count = Math.min(high, middle + most / 2) - from
    return [from, 4 * Math.max(1, Math.ceil(count / 4))] as const
  }
  const [[left, columns], [top, rows]] = [side(0), side(1)]
  return { left, top, columns, rows }
}

/** A picture, and what it was already made smaller to. */
export class Sizes {
  readonly #rows: Rows
  readonly #kernel: Kernel
  readonly #made = new Map<string, Plane>()

  constructor(rows: Rows, kernel: Kernel) {
    this.#rows = rows
    this.#kernel = kernel
  }

  get width(): number {
    return this.#rows.width
  }

  get height(): number {
    return this.#rows.height
  }

  get plane(): Plane {
    return this.#rows.whole()
  }

  /** The picture made small enough for a map, and the map to it. */
  under(map: Matrix): { plane: Plane; map: Matrix } {
    const { width, height } = this.#rows
    const [across, down] = scalesAt(map, width / 2, height / 2).map((scale) => {
      const factor = (UNITS_PER_SAMPLE * scale) / PIXELS_PER_SAMPLE
      return Math.max(0, Math.round(Math.log(factor) / LOG_STEP))
    }) as [number, number]
    if (across === 0 && down === 0) return { plane: this.plane, map }
    const small = this.#small(across, down)
    const scaling = linear([small.width / width, 0, 0, small.height / height])
    return { plane: small, map: multiply(scaling, map) }
  }

  /** By so many steps across and down; from a size between, where there is room for one. */
  #small(across: number, down: number): Plane {
    const name = `${across} ${down}`
    const known = this.#made.get(name)
    this.#made.delete(name)
    const small = known ?? this.#shrunk(across, down)
    this.#made.set(name, small)
    this.#forget(name)
    return small
  }

  /** The sizes that were not used for the longest time, so that memory is bounded. */
  #forget(used: string): void {
    let kept = 0
    for (const { data } of this.#made.values()) kept += data.length
    for (const [name, { data }] of this.#made) {
      if (kept <= MOST_KEPT || name === used) return
      this.#made.delete(name)
      kept -= data.length
    }
  }

  #shrunk(across: number, down: number): Plane {
    const from = [across, down].map((steps) => Math.floor((steps - SPARED) / SPARED) * SPARED).map((steps) => Math.max(0, steps))
    const whole = from[0] === 0 && from[1] === 0
    const source = whole ? this.#rows : rowsOf(this.#small(from[0]!, from[1]!))
    const [width, height] = [across, down].map((steps) => Math.exp(-steps * LOG_STEP)) as [number, number]
    return shrinkTo(source, this.#rows.width * width, this.#rows.height * height, this.#kernel)
  }
}

let kernel: Float32Array | undefined

function kernels(): Float32Array {
  if (kernel) return kernel
  kernel = new Float32Array((PHASES + 1) * TAPS)
  for (let phase = 0; phase <= PHASES; phase++) {
    let sum = 0
    for (let k = 0; k < TAPS; k++) sum += kernel[phase * TAPS + k] = lanczos(k - LOBES + 1 - phase / PHASES)
    for (let k = 0; k < TAPS; k++) kernel[phase * TAPS + k]! /= sum
  }
  return kernel
}

/** Sample a prepared picture. What lies outside is as the nearest pixel inside. */
export function sample(plane: Plane, map: Matrix, window: Window): Sampled {
  const out = emptyPlane(window.columns, window.rows)
  const inside = new Uint8Array(out.data.length)
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = map as [number, number, number, number, number, number, number, number, number]
  const { width, height } = plane
  for (let row = 0; row < window.rows; row++) {
    const v = UNITS_PER_SAMPLE * (window.top + row) + 1
    for (let column = 0; column < window.columns; column++) {
      const u = UNITS_PER_SAMPLE * (window.left + column) + 1
      const w = m6 * u + m7 * v + m8
      const x = (m0 * u + m1 * v + m2) / w
      const y = (m3 * u + m4 * v + m5) / w
      if (!(w > 0) || x < -1 || y < -1 || x > width + 1 || y > height + 1) continue
      const at = row * window.columns + column
      out.data[at] = smooth(plane, x - 0.5, y - 0.5)
      inside[at] = x >= 0 && y >= 0 && x <= width && y <= height ? 1 : 0
    }
  }
  return { plane: out, inside }
}

/** The value of a plane between its pixels, of which the first one's middle is (0, 0): by Lanczos's kernel with three lobes. */
function smooth(plane: Plane, x: number, y: number): number {
  const { width, height, data } = plane
  const taps = kernels()
  const left = Math.floor(x)
  const top = Math.floor(y)
  const across = Math.round((x - left) * PHASES) * TAPS
  const down = Math.round((y - top) * PHASES) * TAPS
  let sum = 0
  if (left >= LOBES - 1 && top >= LOBES - 1 && left + LOBES < width && top + LOBES < height) {
    let from = (top - LOBES + 1) * width + left - LOBES + 1
    for (let j = 0; j < TAPS; j++, from += width) {
      let line = 0
      for (let k = 0; k < TAPS; k++) line += taps[across + k]! * data[from + k]!
      sum += taps[down + j]! * line
    }
    return sum
  }
  for (let j = 0; j < TAPS; j++) {
    const row = Math.min(height - 1, Math.max(0, top + j - LOBES + 1)) * width
    let line = 0
    for (let k = 0; k < TAPS; k++) line += taps[across + k]! * data[row + Math.min(width - 1, Math.max(0, left + k - LOBES + 1))]!
    sum += taps[down + j]! * line
  }
  return sum
}

