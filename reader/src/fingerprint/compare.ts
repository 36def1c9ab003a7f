/** Whether a signed lattice fingerprint is of what a picture shows. */

import type { Matrix } from '../numeric/matrix.ts'
import type { Picture } from '../picture/picture.ts'
import { measureCells, type Cells } from './cells.ts'
import { brightness, type Lattice } from './lattice.ts'
import { bitErrorRate, isTried, offsetsOf, type Offset } from './likeness.ts'
import { explain, type Explained } from './tone.ts'

/** The least error rate that is stated. */
const LEAST_RATE = 1e-9
/** Error rates: at most for near, over which for far. */
const [NEAR_RATE, FAR_RATE] = [1e-6, 1e-2]
/** The share of steps of the other sign that separates near from far. */
const MOST_WRONG = 0.3
/** Full steps that a far result, or a near one of a part, rests on. */
const FULL_STEPS = 110
/** Unexplained: allowed for near at full contrast, and enough for far. */
const [NEAR_UNEXPLAINED, FAR_UNEXPLAINED] = [0.4, 0.7]
/** Contrast: the least for near, and the full one. */
const [LEAST_CONTRAST, FULL_CONTRAST] = [0.45, 0.9]
/** Of the greatest weight, to speak against a picture. */
const LEAST_OVERLAP = 0.7

export type Nearness = 'near' | 'far' | 'inconclusive'

export interface Comparison {
  readonly result: Nearness
  readonly bitErrorRate: number
  /** Full steps that were compared. */
  readonly bits: number
  readonly errorRate: number
  /** How many offsets were tried. */
  readonly offsets: number
  /** What lies on the fingerprint, in mark units: left, top, right, bottom. */
  readonly box: readonly [number, number, number, number]
  /** The part of the picture's cells that lies there. */
  readonly share: number
  readonly unexplained: number
}

const NOTHING: Comparison = {
  result: 'inconclusive',
  bitErrorRate: 0,
  bits: 0,
  errorRate: 1,
  offsets: 0,
  box: [0, 0, 0, 0],
  share: 0,
  unexplained: 1,
}

/** Compare a picture whose mark lies by this map; nothing is cut, and a negative is turned before. */
export function compareLattice(signed: Lattice, picture: Picture, map: Matrix): Comparison {
  const cells = measureCells(picture, map, signed.side)
  const all = cells ? offsetsOf(signed, cells) : []
  const tried = all.filter(isTried)
  if (!cells || !tried.length) return NOTHING
  const best = tried.reduce((most, each) => (each.evidence > most.evidence ? each : most))
  const errorRate = Math.min(1, Math.max(LEAST_RATE, tried.length * best.chance))
  const like = errorRate <= NEAR_RATE && bitErrorRate(best) < MOST_WRONG
  const stated = like ? best : closestOf(all, tried)
  const laid = layOn(signed, cells, stated)
  const wrong = bitErrorRate(stated)
  const differs = errorRate > FAR_RATE && stated.weight >= FULL_STEPS
  const { unexplained, contrast } = like || differs ? explain(laid.pair) : { unexplained: 1, contrast: 0 }
  const whole = stated.weight >= FULL_STEPS || laid.share >= 0.5
  const near = like && whole && isExplained({ unexplained, contrast })
  const far = differs && (wrong >= MOST_WRONG || unexplained >= FAR_UNEXPLAINED)
  return {
    result: near ? 'near' : far ? 'far' : 'inconclusive',
    bitErrorRate: wrong,
    bits: Math.round(stated.weight),
    errorRate,
    offsets: tried.length,
    box: laid.box,
    share: laid.share,
    unexplained,
  }
}

/** What a comparison is worth that is one of several: as good a likeness is so many times as likely by chance. */
export function amongSeveral(found: Comparison, count: number): Comparison {
  const errorRate = Math.min(1, count * found.errorRate)
  return { ...found, errorRate, result: found.result === 'near' && errorRate > NEAR_RATE ? 'inconclusive' : found.result }
}

/** Less contrast leaves less room for what is not explained. */
function isExplained({ unexplained, contrast }: Explained): boolean {
  return contrast >= LEAST_CONTRAST && unexplained <= NEAR_UNEXPLAINED * Math.min(1, contrast / FULL_CONTRAST)
}

/** Of the offsets with most of the possible overlap, the one with the fewest steps of the other sign. */
function closestOf(all: readonly Offset[], tried: readonly Offset[]): Offset {
  const greatest = Math.max(...all.map(({ weight }) => weight))
  const large = tried.filter(({ weight }) => weight >= LEAST_OVERLAP * greatest)
  return large.reduce((least, each) => (bitErrorRate(each) < bitErrorRate(least) ? each : least))
}

/** The cells that lie on each other at an offset. */
function layOn(signed: Lattice, cells: Cells, { row, column }: Offset) {
  const [top, bottom] = [Math.max(0, -row), Math.min(cells.rows, signed.rows - row)]
  const [left, right] = [Math.max(0, -column), Math.min(cells.columns, signed.columns - column)]
  const [rows, columns] = [bottom - top, right - left]
  const levels = brightness(signed)
  const at = (n: number) => [top + Math.floor(n / columns), left + (n % columns)] as const
  const pick = (value: (y: number, x: number) => number) => Float64Array.from({ length: rows * columns }, (_, n) => value(...at(n)))
  const seen = pick((y, x) => cells.means[y * cells.columns + x]!)
  const pair = { rows, columns, seen, signed: pick((y, x) => levels[(y + row) * signed.columns + x + column]!) }
  const inside = (values: Float64Array) => values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0)
  const place = (n: number) => n * signed.side
  const box = [place(cells.column + left), place(cells.row + top), place(cells.column + right), place(cells.row + bottom)] as const
  return { pair, box, share: inside(seen) / inside(cells.means) }
}
