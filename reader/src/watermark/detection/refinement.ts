/** The geometry sharpened until the lines' phases agree in every block, from the middle outwards. */

import { apply, IDENTITY, invert, multiply, normalise, solve, translation, type Matrix } from '../../numeric/matrix.ts'
import { LINES, TILE } from '../format/constants.ts'
import { pilot, type Pilot } from '../format/pilot.ts'
import { blocksOf, type Blocks } from './blocks.ts'
import { bilinear, sample, scalesAt, windowOf, type Sizes } from './sampling.ts'

export interface Refined {
  readonly map: Matrix
  /** The agreement of all lines in all blocks: standard normal without a pilot. Negative in a negative. */
  readonly agreement: number
  /** How far places at the edge were moved, in mark units. */
  readonly moved: number
}

/** How far a guess may be off, in mark units at the edge of what it was made from: shift, linear part, tilt. */
const PRIOR = [1.5, 1.5, 2.5, 2.5, 2.5, 2.5, 1.5, 1.5] as const
const PARAMETERS = PRIOR.length
/** What the square of the agreement has to gain: less may be noise that so many parameters follow (Akaike's criterion). */
const LEAST_GAIN = 2 * PARAMETERS
const STEPS = 8
/** Shares of the known radius that a fit begins with: a weak pilot needs all of it, in a tilted picture the middle comes first. */
const STARTS = [1, 0.4] as const
const HALVINGS = 3
/** How much farther out each stage looks. */
const GROWTH = 1.35
/** Less than this is not taken for the strength of a line in a block, so that steps stay bounded. */
const LEAST_STRENGTH = 0.05

/** What stage sees: blocks within a radius of a middle, with places in units of that radius. */
interface Stage {
  readonly blocks: readonly number[]
  readonly x: Float64Array
  readonly y: Float64Array
}

/** Where a map is known to hold: around a place of the picture, in pixels. */
export interface Known {
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** Sharpen a map from where it is known to hold; `most` is how many samples a side are looked at. */
export function refine(whitened: Sizes, map: Matrix, key: Uint8Array, sign: number, known: Known, most: number): Refined {
  const prepared = whitened.under(map)
  const scaling = multiply(prepared.map, invert(map))
  const window = windowOf(prepared.map, prepared.plane.width, prepared.plane.height, most)
  const sampled = sample(prepared.plane, prepared.map, window, bilinear)
  const blocks = blocksOf(sampled, window, key)
  if (blocks.count === 0) return { map, agreement: 0, moved: 0 }
  const [u, v] = apply(invert(map), known.x, known.y)
  const [across, down] = scalesAt(map, known.x, known.y)
  const radius = known.radius / Math.max(across, down)
  const [fitted] = STARTS.map((share) => fit(blocks, key, sign, { u, v, radius: share * radius })).sort(
    (a, b) => sign * (b.agreement - a.agreement),
  ) as [Fitted]
  return { ...fitted, map: normalise(multiply(invert(scaling), multiply(prepared.map, fitted.correction))) }
}

interface Fitted {
  readonly correction: Matrix
  readonly agreement: number
  readonly moved: number
}

interface Start {
  readonly u: number
  readonly v: number
  readonly radius: number
}

function fit(blocks: Blocks, key: Uint8Array, sign: number, start: Start): Fitted {
  const { u: cu, v: cv } = start
  const radii = Float64Array.from(blocks.u, (u, b) => Math.hypot(u - cu, blocks.v[b]! - cv))
  const whole = Math.max(TILE / 4, ...radii)
  const lines = new Lines(blocks, key, sign)
  let known: Float64Array = new Float64Array(PARAMETERS)
  let radius = Math.min(whole, Math.max(start.radius, TILE / 3))
  let scale = radius
  for (;;) {
    const within = Array.from(radii.keys()).filter((b) => radii[b]! <= radius + 1)
    const at = (from: Float64Array, middle: number) => Float64Array.from(within, (b) => (from[b]! - middle) / radius)
    known = rescale(known, radius / scale)
    scale = radius
    const stage = { blocks: within, x: at(blocks.u, cu), y: at(blocks.v, cv) }
    if (within.length) known = lines.climb(stage, known)
    if (radius >= whole) {
      const moved = known.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      const agreement = lines.agreement(stage, known)
      const before = lines.agreement(stage, new Float64Array(PARAMETERS))
      const gained = agreement ** 2 - before ** 2
      if (sign * before > 0 && gained < LEAST_GAIN) return { correction: IDENTITY, agreement, moved: 0 }
      return { correction: correctionOf(known, cu, cv, scale), agreement, moved }
    }
    radius = Math.min(whole, radius * GROWTH)
  }
}

/** The same displacement with places counted in another unit. */
function rescale(known: Float64Array, factor: number): Float64Array {
  return known.map((value, n) => (n < 2 ? value : value * (n < 6 ? factor : factor * factor)))
}

/** The map that takes a place of the mark, as it should be, to where it was seen. */
function correctionOf(p: Float64Array, cu: number, cv: number, scale: number): Matrix {
  const shift = [1 + p[2]! / scale, p[3]! / scale, p[0]!, p[4]! / scale, 1 + p[5]! / scale, p[1]!]
  const tilt = [p[6]! / scale / scale, p[7]! / scale / scale, 1]
  return multiply(translation(cu, cv), multiply(invert([...shift, ...tilt]), translation(-cu, -cv)))
}

/** The phases of all lines in all blocks, and the displacement that makes them agree best. */
class Lines {
  readonly #blocks: Blocks
  readonly #u: Float64Array
  readonly #v: Float64Array
  readonly #sign: number
  /** Of the place that is looked at: what each line turns by. */
  readonly #cos = new Float64Array(LINES)
  readonly #sin = new Float64Array(LINES)
  readonly #cycles: Pick<Pilot, 'u' | 'v'>
  readonly #across: Turns
  readonly #down: Turns

  constructor(blocks: Blocks, key: Uint8Array, sign: number) {
    const { u, v } = pilot(key)
    this.#blocks = blocks
    this.#cycles = { u, v }
    this.#across = new Turns(u)
    this.#down = new Turns(v)
    this.#u = Float64Array.from(u, (cycles) => (2 * Math.PI * cycles) / TILE)
    this.#v = Float64Array.from(v, (cycles) => (2 * Math.PI * cycles) / TILE)
    this.#sign = sign
  }

  agreement(stage: Stage, p: Float64Array): number {
    const terms = LINES * stage.blocks.length
    return (this.#sign * this.#sum(stage, p)) / Math.sqrt(terms / 2)
  }

  /** The strengths in phase, added up. */
  #sum(stage: Stage, p: Float64Array): number {
    let sum = 0
    for (let n = 0; n < stage.blocks.length; n++) {
      const [ex, ey] = displacement(p, stage.x[n]!, stage.y[n]!)
      const from = stage.blocks[n]! * LINES
      this.#turn(ex, ey)
      for (let k = 0; k < LINES; k++) sum += this.#blocks.re[from + k]! * this.#cos[k]! + this.#blocks.im[from + k]! * this.#sin[k]!
    }
    return this.#sign * sum
  }

  /** Climb to the likeliest displacement (Fisher's scoring, with a normal prior). */
  climb(stage: Stage, start: Float64Array): Float64Array {
    const prior = Float64Array.from(PRIOR, (size) => 1 / (size * size))
    const moved = (p: Float64Array) => p.reduce((sum, value, n) => sum + (value - start[n]!) ** 2 * prior[n]!, 0) / 2
    let p = start
    let sum = this.#sum(stage, p)
    for (let step = 0; step < STEPS; step++) {
      const strength = Math.max(LEAST_STRENGTH, sum / (LINES * stage.blocks.length))
      const goal = (q: Float64Array, s: number) => 2 * strength * s - moved(q)
      const change = this.#step(stage, p, start, prior, strength)
      let [best, bestSum] = [p, sum]
      for (let half = 0, factor = 1; half < HALVINGS && best === p; half++, factor /= 2) {
        const tried = p.map((value, n) => value + factor * change[n]!)
        const triedSum = this.#sum(stage, tried)
        if (goal(tried, triedSum) > goal(p, sum)) [best, bestSum] = [tried, triedSum]
      }
      if (best === p) break
      ;[p, sum] = [best, bestSum]
    }
    return p
  }

  #step(stage: Stage, p: Float64Array, start: Float64Array, prior: Float64Array, strength: number): Float64Array {
    const information = new Float64Array(PARAMETERS * PARAMETERS)
    const gradient = Float64Array.from(prior, (weight, n) => -weight * (p[n]! - start[n]!))
    prior.forEach((weight, n) => (information[n * PARAMETERS + n] = weight))
    const [row, uu, uv, vv] = [new Float64Array(2 * PARAMETERS), ...this.#squares()]
    for (let n = 0; n < stage.blocks.length; n++) {
      const [x, y] = [stage.x[n]!, stage.y[n]!]
      const [ex, ey] = displacement(p, x, y)
      const from = stage.blocks[n]! * LINES
      let gx = 0
      let gy = 0
      this.#turn(ex, ey)
      for (let k = 0; k < LINES; k++) {
        const quadrature = this.#blocks.im[from + k]! * this.#cos[k]! - this.#blocks.re[from + k]! * this.#sin[k]!
        gx += quadrature * this.#u[k]!
        gy += quadrature * this.#v[k]!
      }
      derivatives(row, x, y)
      const factor = 2 * strength * strength
      for (let i = 0; i < PARAMETERS; i++) {
        const xi = row[i]!
        const yi = row[PARAMETERS + i]!
        gradient[i]! += 2 * strength * this.#sign * (gx * xi + gy * yi)
        for (let j = 0; j <= i; j++) {
          const xj = row[j]!
          const yj = row[PARAMETERS + j]!
          information[i * PARAMETERS + j]! += factor * (uu * xi * xj + uv * (xi * yj + yi * xj) + vv * yi * yj)
        }
      }
    }
    return solve(information, gradient)
  }

  /** Take each line to a place so many units across and down: its turns across and down, multiplied. */
  #turn(ex: number, ey: number): void {
    const { u, v } = this.#cycles
    this.#across.fill((2 * Math.PI * ex) / TILE)
    this.#down.fill((2 * Math.PI * ey) / TILE)
    const { cos: ca, sin: sa } = this.#across
    const { cos: cd, sin: sd } = this.#down
    for (let k = 0; k < LINES; k++) {
      const [i, j] = [u[k]!, Math.abs(v[k]!)]
      const s = v[k]! < 0 ? -sd[j]! : sd[j]!
      this.#cos[k] = ca[i]! * cd[j]! - sa[i]! * s
      this.#sin[k] = sa[i]! * cd[j]! + ca[i]! * s
    }
  }

  #squares(): [number, number, number] {
    let [uu, uv, vv] = [0, 0, 0]
    for (let k = 0; k < LINES; k++) {
      uu += this.#u[k]! ** 2
      uv += this.#u[k]! * this.#v[k]!
      vv += this.#v[k]! ** 2
    }
    return [uu, uv, vv]
  }
}

/** Cosines and sines of an angle's multiples up to the most that lines have, each out of the one before. */
class Turns {
  readonly cos: Float64Array
  readonly sin: Float64Array

  constructor(cycles: Int16Array) {
    const most = cycles.reduce((known, n) => Math.max(known, Math.abs(n)), 0)
    this.cos = new Float64Array(most + 1)
    this.sin = new Float64Array(most + 1)
  }

  fill(angle: number): void {
    const [c, s] = [Math.cos(angle), Math.sin(angle)]
    let [x, y] = [1, 0]
    for (let n = 0; n < this.cos.length; n++) {
      this.cos[n] = x
      this.sin[n] = y
      const next = x * c - y * s
      y = x * s + y * c
      x = next
    }
  }
}

function displacement(p: Float64Array, x: number, y: number): [number, number] {
  const tilt = p[6]! * x + p[7]! * y
  return [p[0]! + p[2]! * x + p[3]! * y - x * tilt, p[1]! + p[4]! * x + p[5]! * y - y * tilt]
}

function derivatives(row: Float64Array, x: number, y: number): void {
  row.set([1, 0, x, y, 0, 0, -x * x, -x * y])
  row.set([0, 1, 0, 0, x, y, -x * y, -y * y], PARAMETERS)
}
