/** Which scales, angles and stretches the lines' power speaks for. */

import { floats, integers, kernels, layOut } from '../../numeric/kernels.ts'
import { TILE } from '../format/constants.ts'
import { orbits } from '../format/pilot.ts'
import { HIGHEST, stepOf, type LogMap } from './maps.ts'
import { powerAt, type Power } from './power.ts'

/** How the mark lies but for its position: picture pixels for a mark unit, as a matrix row by row. */
export type Shape = readonly [xx: number, xy: number, yx: number, yy: number]

export interface Guess {
  readonly shape: Shape
  /** Power of the lines over what chance gives, in standard deviations. */
  readonly score: number
}

/** Pixels per unit that are looked for. Where a picture is larger, it is made smaller first. */
const SCALES = [0.15, 3.4] as const
const FIRST_SCALE = Math.log(SCALES[0])
/** Mark units that a picture shows along each side, at least: no word is read from less, and lines of a few cycles are the picture's own. */
const LEAST_UNITS = 96
/** Rings that have to lie within the spectrum. */
const LEAST_RINGS = 3
/** Standard deviations under which a guess is no guess. */
const LEAST_SCORE = 2.5
/** Stretches of upright pictures: logarithm of the ratio of both scales. */
const MOST_STRETCH = Math.log(2.1)

function best<T extends { readonly score: number }>(found: T[], count: number): T[] {
  return found.sort((a, b) => b.score - a.score).slice(0, count)
}

/** A sum of powers, whose mean is 1 and deviation 1 each without a line, in standard deviations. */
function standard(sum: number, terms: number): number {
  return terms >= 4 * LEAST_RINGS ? (sum - terms) / Math.sqrt(terms) : 0
}

/** The logarithm of the largest scale that is looked for, over the smallest. */
function logScales(extent: number): number {
  return Math.max(0, Math.log(Math.min(SCALES[1], extent / LEAST_UNITS) / SCALES[0]))
}

/** Upright and evenly scaled: looked at more closely than the table of all angles does. With `beside`, those between peaks. */
export function upright(power: Power, key: Uint8Array, count: number, beside = false): Guess[] {
  const step = stepOf(power) / 2
  const lines = orbits(key)
  const scores = Float64Array.from({ length: Math.floor(logScales(Math.min(...power.extent)) / step) }, (_, n) => {
    const unit = SCALES[0] * Math.exp(n * step) * TILE
    let sum = 0
    let terms = 0
    for (let k = 0; k < lines.length; k++) {
      const a = lines[k]![0] / unit
      const b = lines[k]![1] / unit
      if (Math.hypot(a, b) > HIGHEST) continue
      sum += powerAt(power, a, b) + powerAt(power, a, -b) + powerAt(power, b, a) + powerAt(power, b, -a)
      terms += 4
    }
    return standard(sum, terms)
  })
  const found: Guess[] = []
  scores.forEach((score, n) => {
    const scale = SCALES[0] * Math.exp(n * step)
    const next = Math.max(scores[n - 1] ?? 0, scores[n + 1] ?? 0)
    if (score > 0 && beside !== score >= next) found.push({ shape: [scale, 0, 0, scale], score })
  })
  return best(found, count)
}

/** Evenly scaled, any angle. */
export function turned(map: LogMap, key: Uint8Array, count: number): Guess[] {
  const lines = orbits(key).map(([a, b]) => ({ shift: shiftOf(map, Math.hypot(a, b)), turn: Math.round(Math.atan2(b, a) / map.step) }))
  const scales = Math.floor(logScales(Math.min(...map.extent)) / map.step)
  const table = new Table(map, map.rows, scales)
  for (let row = 0; row < map.rows; row++) {
    for (const { shift, turn } of lines) {
      table.add(row, (row + turn) % map.rows, shift, 0, scales)
      table.add(row, (row - turn + map.rows) % map.rows, shift, 0, scales)
    }
  }
  return best(table.peaks(true), count).map(({ row, column, score }) => {
    const scale = SCALES[0] * Math.exp(column * map.step)
    const [c, s] = [scale * Math.cos(row * map.step), scale * Math.sin(row * map.step)]
    return { shape: [c, -s, s, c], score }
  })
}

/** Upright, with scales of their own across and down. */
export function stretched(map: LogMap, key: Uint8Array, count: number): Guess[] {
  const [columns, rows] = map.extent.map((extent) => Math.floor(logScales(extent) / map.step)) as [number, number]
  const lines = orbits(key).flatMap(([a, b]) => [[a, b], [b, a]] as const)
  const table = new Table(map, rows, columns)
  const reach = Math.round(MOST_STRETCH / map.step)
  for (const [across, down] of lines) {
    const [right, below] = [shiftOf(map, across), shiftOf(map, down)]
    for (let row = Math.max(0, below - map.rows + 1); row < Math.min(rows, below + 1); row++) {
      table.add(row, below - row, right, Math.max(0, row - reach), Math.min(columns, row + reach))
    }
  }
  return best(table.peaks(false), count).map(({ row, column, score }) => {
    const scale = (n: number) => SCALES[0] * Math.exp(n * map.step)
    return { shape: [scale(column), 0, 0, scale(row)], score }
  })
}

/** Columns of the map from a line's frequency at the smallest scale. */
function shiftOf(map: LogMap, cycles: number): number {
  return Math.round((Math.log(cycles / TILE) - FIRST_SCALE - map.first) / map.step)
}

interface Peak {
  readonly row: number
  readonly column: number
  readonly score: number
}

/** Numbers of a vector. */
const VECTOR = 4

/** Scores by scale and something else, while they are made: they lie in the kernels' memory. */
class Table {
  readonly #map: LogMap
  readonly #rows: number
  readonly #columns: number
  readonly #pitch: number
  readonly #kernels = kernels()
  /** Where the map's values, the scores, what they are made of, and places that are found lie. */
  readonly #values: number
  readonly #sums: number
  readonly #counts: number
  readonly #places: number

  constructor(map: LogMap, rows: number, columns: number) {
    this.#map = map
    this.#rows = rows
    this.#columns = columns
    this.#pitch = VECTOR * Math.ceil(columns / VECTOR)
    const size = rows * this.#pitch
    ;[this.#values, this.#sums, this.#counts, this.#places] = layOut(map.values.length, size, size, this.#pitch)
    floats(this.#values, map.values.length).set(map.values)
    floats(this.#sums, size).fill(0)
    floats(this.#counts, size).fill(0)
  }

  /** Add a line's power to the columns from `first` to under `end` of a row: that of the map's `direction` so many columns on, and one less for each scale. */
  add(row: number, direction: number, shift: number, first: number, end: number): void {
    const { columns } = this.#map
    const from = Math.max(first, shift - columns + 1)
    const to = Math.min(end, shift + 1)
    const at = VECTOR * row * this.#pitch
    if (from < to) this.#kernels.addBackwards(this.#sums + at, this.#counts + at, this.#values + VECTOR * (direction * columns + shift), from, to)
  }

  /** Places that are better than their neighbours, in standard deviations; rows may go round. */
  peaks(round: boolean): Peak[] {
    const [rows, columns, pitch] = [this.#rows, this.#columns, this.#pitch]
    this.#kernels.standardise(this.#sums, this.#counts, rows * pitch, 4 * LEAST_RINGS)
    const scores = floats(this.#sums, rows * pitch)
    const greatest = (row: number, column: number, score: number) => {
      for (let near = row - 1; near <= row + 1; near++) {
        const r = round ? (near + rows) % rows : near
        if (r < 0 || r >= rows) continue
        for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) if (scores[r * pitch + c]! > score) return false
      }
      return true
    }
    const found: Peak[] = []
    for (let row = 0; row < rows; row++) {
      const count = this.#kernels.placesOver(this.#sums + VECTOR * row * pitch, pitch, LEAST_SCORE, this.#places)
      for (const column of integers(this.#places, count)) {
        const score = scores[row * pitch + column]!
        if (greatest(row, column, score)) found.push({ row, column, score })
      }
    }
    return found
  }
}
