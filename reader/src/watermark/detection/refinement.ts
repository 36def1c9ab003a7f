/** The geometry sharpened until the lines' phases agree in every block, from the middle outwards. */

import { floats, integers, kernels, layOut } from '../../numeric/kernels.ts'
import { apply, IDENTITY, invert, multiply, normalise, solve, translation, type Matrix } from '../../numeric/matrix.ts'
import { LINES, TILE } from '../format/constants.ts'
import { pilot } from '../format/pilot.ts'
import { blocksOf, PARTS, type Blocks } from './blocks.ts'
import { scalesAt, windowOf, type Sizes } from './sampling.ts'

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
  const blocks = blocksOf(prepared.plane, prepared.map, window, key)
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
  const order = Int32Array.from(radii.keys()).sort((a, b) => radii[a]! - radii[b]!)
  const whole = Math.max(TILE / 4, radii[order.at(-1)!]!)
  const lines = new Lines(blocks, order, key, sign)
  let known: Float64Array = new Float64Array(PARAMETERS)
  let radius = Math.min(whole, Math.max(start.radius, TILE / 3))
  let scale = radius
  for (;;) {
    const beyond = order.findIndex((b) => radii[b]! > radius + 1)
    const within = order.subarray(0, beyond < 0 ? order.length : beyond)
    known = rescale(known, radius / scale)
    scale = radius
    lines.look(Float32Array.from(within, (b) => (blocks.u[b]! - cu) / radius), Float32Array.from(within, (b) => (blocks.v[b]! - cv) / radius))
    if (within.length) known = lines.climb(known)
    if (radius >= whole) {
      const moved = known.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      const agreement = lines.agreement(known)
      const before = lines.agreement(new Float64Array(PARAMETERS))
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

/** Strengths in phase, added up, and how they grow with each parameter. */
interface Agreement {
  readonly sum: number
  readonly gradient: Float64Array
}

/** What the kernel is told and tells. */
interface Areas {
  readonly groups: number
  readonly x: number
  readonly y: number
  readonly parameters: number
  readonly cycles: number
  readonly table: number
  readonly out: number
}

/** Blocks that the kernel looks at together. */
const GROUP = 4

/** The phases of all lines in all blocks, and the displacement that makes them agree best. They lie in the kernels' memory meanwhile. */
class Lines {
  readonly #areas: Areas
  readonly #sign: number
  /** The greatest number of cycles, and sums over all lines of those across and down, multiplied, in radians a mark unit. */
  readonly #most: number
  readonly #squares: readonly [number, number, number]
  #count = 0
  /** What is known of the displacement before any line is looked at: the sum over all blocks, for lines of strength 1. */
  #information: Float64Array = new Float64Array(PARAMETERS * PARAMETERS)

  constructor(blocks: Blocks, order: Int32Array, key: Uint8Array, sign: number) {
    const { u, v } = pilot(key)
    const pairs = [u, v].flatMap((cycles) => Array.from(cycles.filter((_, k) => k % 2 === 0)))
    this.#most = Math.max(...pairs)
    this.#sign = sign
    const turn = ((2 * Math.PI) / TILE) ** 2
    const product = (a: Int16Array, b: Int16Array) => a.reduce((sum, cycles, k) => sum + turn * cycles * b[k]!, 0)
    this.#squares = [product(u, u), product(u, v), product(v, v)]
    const count = GROUP * Math.ceil(blocks.count / GROUP)
    const room = count * PARTS
    const areas = layOut(room, count, count, PARAMETERS, pairs.length, 4 * GROUP * (this.#most + 1), GROUP * (PARAMETERS + 1), room, blocks.count)
    const [groups, x, y, parameters, cycles, table, out, lines, numbers] = areas
    this.#areas = { groups, x, y, parameters, cycles, table, out }
    integers(cycles, pairs.length).set(pairs)
    floats(lines, blocks.lines.length).set(blocks.lines)
    integers(numbers, order.length).set(order)
    kernels().group(lines, numbers, order.length, groups)
  }

  /** Look at the first blocks of the order, with places in units of the radius within which they lie. */
  look(x: Float32Array, y: Float32Array): void {
    this.#count = x.length
    floats(this.#areas.x, x.length).set(x)
    floats(this.#areas.y, y.length).set(y)
    this.#information = this.#informationOf(x, y)
  }

  agreement(p: Float64Array): number {
    return (this.#sign * this.#at(p).sum) / Math.sqrt((LINES * this.#count) / 2)
  }

  #at(p: Float64Array): Agreement {
    const { groups, x, y, parameters, cycles, table, out } = this.#areas
    floats(parameters, PARAMETERS).set(p)
    kernels().agree(groups, this.#count, x, y, parameters, cycles, this.#most, table, TILE, out)
    const [sum, ...gradient] = floats(out, PARAMETERS + 1)
    return { sum: this.#sign * sum!, gradient: Float64Array.from(gradient, (each) => (this.#sign * each * 2 * Math.PI) / TILE) }
  }

  /** Climb to the likeliest displacement (Fisher's scoring, with a normal prior). */
  climb(start: Float64Array): Float64Array {
    const prior = Float64Array.from(PRIOR, (size) => 1 / (size * size))
    const moved = (p: Float64Array) => p.reduce((sum, value, n) => sum + (value - start[n]!) ** 2 * prior[n]!, 0) / 2
    let [p, here] = [start, this.#at(start)]
    for (let step = 0; step < STEPS; step++) {
      const strength = Math.max(LEAST_STRENGTH, here.sum / (LINES * this.#count))
      const goal = (q: Float64Array, { sum }: Agreement) => 2 * strength * sum - moved(q)
      const gradient = here.gradient.map((each, n) => 2 * strength * each - prior[n]! * (p[n]! - start[n]!))
      const information = this.#information.map((each, n) => 2 * strength * strength * each + (n % (PARAMETERS + 1) === 0 ? prior[n / (PARAMETERS + 1)]! : 0))
      const change = solve(information, gradient)
      let next: [Float64Array, Agreement] | undefined
      for (let half = 0, factor = 1; half < HALVINGS && !next; half++, factor /= 2) {
        const tried = p.map((value, n) => value + factor * change[n]!)
        const there = this.#at(tried)
        if (goal(tried, there) > goal(p, here)) next = [tried, there]
      }
      if (!next) break
      ;[p, here] = next
    }
    return p
  }

  /** The lower half of what all blocks tell of each pair of parameters. */
  #informationOf(x: Float32Array, y: Float32Array): Float64Array {
    const [uu, uv, vv] = this.#squares
    const out = new Float64Array(PARAMETERS * PARAMETERS)
    const across = new Float64Array(PARAMETERS)
    const down = new Float64Array(PARAMETERS)
    for (let n = 0; n < x.length; n++) {
      derivatives(across, down, x[n]!, y[n]!)
      for (let i = 0; i < PARAMETERS; i++) {
        for (let j = 0; j <= i; j++) {
          out[i * PARAMETERS + j]! += uu * across[i]! * across[j]! + uv * (across[i]! * down[j]! + down[i]! * across[j]!) + vv * down[i]! * down[j]!
        }
      }
    }
    return out
  }
}

function derivatives(across: Float64Array, down: Float64Array, x: number, y: number): void {
  across[0] = down[1] = 1
  across[2] = down[4] = x
  across[3] = down[5] = y
  across[6] = -x * x
  across[7] = down[6] = -x * y
  down[7] = -y * y
}
