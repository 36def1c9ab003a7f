/** Which scales, angles and stretches the lines' power speaks for. */

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
  const lines = orbits(key).map(([a, b]) => ({ radius: Math.log(Math.hypot(a, b) / TILE), angle: Math.atan2(b, a) }))
  const scales = Math.floor(logScales(Math.min(...map.extent)) / map.step)
  const terms = Int32Array.from({ length: scales }, (_, n) => {
    const seen = lines.map(({ radius }) => radius - FIRST_SCALE - n * map.step)
    return 4 * seen.filter((radius) => radius >= map.first && radius < Math.log(HIGHEST)).length
  })
  const table = new Float32Array(map.rows * scales)
  for (let d = 0; d < map.rows; d++) {
    const row = table.subarray(d * scales, (d + 1) * scales)
    for (const line of lines) {
      const shift = Math.round((line.radius - FIRST_SCALE - map.first) / map.step)
      const turn = Math.round(line.angle / map.step)
      addRow(row, map, d + turn, shift)
      addRow(row, map, d - turn, shift)
    }
    for (let n = 0; n < scales; n++) row[n] = standard(row[n]!, terms[n]!)
  }
  return best(peaks(table, map.rows, scales, true), count).map(({ row, column, score }) => {
    const scale = SCALES[0] * Math.exp(column * map.step)
    const [c, s] = [scale * Math.cos(row * map.step), scale * Math.sin(row * map.step)]
    return { shape: [c, -s, s, c], score }
  })
}

function addRow(row: Float32Array, map: LogMap, direction: number, shift: number): void {
  const from = (((direction % map.rows) + map.rows) % map.rows) * map.columns + shift
  const start = Math.max(0, shift - map.columns + 1)
  const end = Math.min(row.length, shift + 1)
  for (let n = start; n < end; n++) row[n]! += map.values[from - n]!
}

/** Upright, with scales of their own across and down. */
export function stretched(map: LogMap, key: Uint8Array, count: number): Guess[] {
  const [columns, rows] = map.extent.map((extent) => Math.floor(logScales(extent) / map.step)) as [number, number]
  const table = new Float32Array(rows * columns)
  const terms = new Uint8Array(rows * columns)
  const reach = Math.round(MOST_STRETCH / map.step)
  const shift = (length: number) => Math.round((Math.log(length / TILE) - FIRST_SCALE - map.first) / map.step)
  for (const [u, v] of orbits(key).flatMap(([a, b]) => [[a, b], [b, a]] as const)) {
    const across = shift(u)
    const down = shift(v)
    for (let y = Math.max(0, down - map.rows + 1); y < Math.min(rows, down + 1); y++) {
      const from = (down - y) * map.columns + across
      const end = Math.min(columns, across + 1, y + reach)
      for (let x = Math.max(0, across - map.columns + 1, y - reach); x < end; x++) {
        table[y * columns + x]! += map.values[from - x]!
        terms[y * columns + x]! += 2
      }
    }
  }
  for (let n = 0; n < table.length; n++) table[n] = standard(table[n]!, terms[n]!)
  return best(peaks(table, rows, columns, false), count).map(({ row, column, score }) => {
    const scale = (n: number) => SCALES[0] * Math.exp(n * map.step)
    return { shape: [scale(column), 0, 0, scale(row)], score }
  })
}

interface Peak {
  readonly row: number
  readonly column: number
  readonly score: number
}

/** Places of a table that are better than their neighbours; rows may go round. */
function peaks(table: Float32Array, rows: number, columns: number, round: boolean): Peak[] {
  const found: Peak[] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const score = table[row * columns + column]!
      if (score < LEAST_SCORE) continue
      let greatest = true
      for (let dr = -1; dr <= 1 && greatest; dr++) {
        const r = round ? (row + dr + rows) % rows : row + dr
        if (r < 0 || r >= rows) continue
        for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
          if (table[r * columns + c]! > score) greatest = false
        }
      }
      if (greatest) found.push({ row, column, score })
    }
  }
  return found
}
