/** A plane of the mark's samples under any map from mark to picture. */

import { bytes, doubles, floats, integers, kernels, layOut } from '../../numeric/kernels.ts'
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
const PADDED_TAPS = 8
/** Numbers that tell the kernel where a patch of a plane lies, and what room it has for itself. */
const HEADER = 24
/** Samples along a side of what is sampled at once, so that a patch of the plane is small. */
const TILE_SIDE = 256

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

let weights: Float32Array | undefined

/** Lanczos's kernel for each part of a pixel, as the kernel takes it: two weights more, of nothing. */
function taps(): Float32Array {
  if (weights) return weights
  weights = new Float32Array((PHASES + 1) * PADDED_TAPS)
  for (let phase = 0; phase <= PHASES; phase++) {
    const part = weights.subarray(phase * PADDED_TAPS, phase * PADDED_TAPS + TAPS)
    part.forEach((_, k) => (part[k] = lanczos(k - LOBES + 1 - phase / PHASES)))
    const sum = part.reduce((total, each) => total + each, 0)
    part.forEach((each, k) => (part[k] = each / sum))
  }
  return weights
}

/** Where samples are put: in the kernels' memory, `pitch` apart. */
export interface Target {
  readonly samples: number
  readonly inside: number
  readonly pitch: number
}

/** A part of a plane of which samples are made, in pixels, and numbers of room that the kernel needs for it. */
interface Patch {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly room: number
}

/** The part of a plane of which a window's samples are made. */
export function patchUnder(plane: Plane, map: Matrix, { left, top, columns, rows }: Window): Patch {
  const corners = [left, left + columns].flatMap((x) => [top, top + rows].map((y) => [UNITS_PER_SAMPLE * x, UNITS_PER_SAMPLE * y] as const))
  const bounded = corners.every(([u, v]) => map[6]! * u + map[7]! * v + map[8]! > 0)
  const places = corners.map(([u, v]) => apply(map, u, v))
  const side = (n: 0 | 1, size: number) => {
    if (!bounded) return [0, size] as const
    const along = places.map((place) => place[n])
    const first = Math.min(Math.max(0, Math.floor(Math.min(...along)) - LOBES), Math.max(0, size - TAPS))
    return [first, Math.min(size, Math.max(first + TAPS, Math.ceil(Math.max(...along)) + LOBES))] as const
  }
  const [[x0, x1], [y0, y1]] = [side(0, plane.width), side(1, plane.height)]
  return { left: x0, top: y0, right: x1, bottom: y1, room: HEADER + (x1 - x0) * (y1 - y0 + 1) + PADDED_TAPS }
}

/** Sample a patch of a plane by the kernel, between four pixels or by `taps`; `areas` are room for the patch and for the map. */
export function samplePatch(plane: Plane, patch: Patch, [room, matrix]: readonly [number, number], map: Matrix, window: Window, target: Target, taps: number): void {
  const { left, top, right, bottom } = patch
  const pixels = room + 4 * HEADER
  integers(room, HEADER).set([plane.width, plane.height, left, top, right, bottom, pixels])
  const held = floats(pixels, (right - left) * (bottom - top))
  for (let y = top, at = 0; y < bottom; y++, at += right - left) held.set(plane.data.subarray(y * plane.width + left, y * plane.width + right), at)
  doubles(matrix, map.length).set(map)
  const [u, v] = [window.left, window.top].map((first) => UNITS_PER_SAMPLE * first + 1) as [number, number]
  kernels().sample(room, matrix, taps, u, v, UNITS_PER_SAMPLE, window.columns, window.rows, target.samples, target.inside, target.pitch)
}

/** Sample a prepared picture, by Lanczos's kernel with three lobes, tile by tile. What lies outside is as the nearest pixel inside. */
export function sample(plane: Plane, map: Matrix, window: Window): Sampled {
  const out = emptyPlane(window.columns, window.rows)
  const inside = new Uint8Array(out.data.length)
  for (let top = 0; top < window.rows; top += TILE_SIDE) {
    for (let left = 0; left < window.columns; left += TILE_SIDE) {
      const tile = { left: window.left + left, top: window.top + top, columns: Math.min(TILE_SIDE, window.columns - left), rows: Math.min(TILE_SIDE, window.rows - top) }
      const patch = patchUnder(plane, map, tile)
      const size = tile.columns * tile.rows
      const [room, matrix, kernel, samples, there] = layOut(patch.room, 2 * map.length, taps().length, size, size / 4)
      floats(kernel, taps().length).set(taps())
      samplePatch(plane, patch, [room, matrix], map, tile, { samples, inside: there, pitch: tile.columns }, kernel)
      const [values, seen] = [floats(samples, size), bytes(there, size)]
      for (let row = 0; row < tile.rows; row++) {
        const [from, to] = [row * tile.columns, (top + row) * window.columns + left]
        out.data.set(values.subarray(from, from + tile.columns), to)
        inside.set(seen.subarray(from, from + tile.columns), to)
      }
    }
  }
  return { plane: out, inside }
}
