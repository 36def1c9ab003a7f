/** The pilot's lines block by block, in a whitened picture that is sampled as the mark would lie. */

import { LINES, SAMPLES } from '../format/constants.ts'
import { pilot } from '../format/pilot.ts'
import type { Sampled, Window } from './sampling.ts'

/** Samples along a block's side. */
export const BLOCK_SAMPLES = 32
/** Less of a block than this share is left out. */
const LEAST_SHARE = 0.25
/** Root mean squares that a line's strength in a block is cut to. */
const MOST_STRENGTH = 3

/** Strengths less the format's phases, `LINES` for each block, scaled to a mean square of 1. */
export interface Blocks {
  readonly count: number
  /** Middles in mark units. */
  readonly u: Float64Array
  readonly v: Float64Array
  readonly re: Float32Array
  readonly im: Float32Array
}

/** Samples from a block's middle to its edge. */
const HALF = BLOCK_SAMPLES / 2

interface Waves {
  readonly cos: Float64Array
  readonly sin: Float64Array
}

const made = new Map<number, Waves>()

/** The cosines and sines of `n` cycles a tile, from a block's middle outwards. */
function waves(n: number): Waves {
  const known = made.get(n)
  if (known) return known
  const angles = Float64Array.from({ length: HALF }, (_, x) => (2 * Math.PI * n * (x + 0.5)) / SAMPLES)
  const found = { cos: angles.map(Math.cos), sin: angles.map(Math.sin) }
  made.set(n, found)
  return found
}

const prepared = new Map<string, BlockLines>()

function linesOf(key: Uint8Array): BlockLines {
  const name = key.join()
  const known = prepared.get(name) ?? new BlockLines(key)
  prepared.set(name, known)
  return known
}

export function blocksOf({ plane, inside }: Sampled, window: Window, key: Uint8Array): Blocks {
  const most = Math.ceil(window.rows / BLOCK_SAMPLES) * Math.ceil(window.columns / BLOCK_SAMPLES)
  const [u, v] = [new Float64Array(most), new Float64Array(most)]
  const [re, im] = [new Float32Array(most * LINES), new Float32Array(most * LINES)]
  let count = 0
  const lines = linesOf(key)
  for (let top = 0; top < window.rows; top += BLOCK_SAMPLES) {
    for (let left = 0; left < window.columns; left += BLOCK_SAMPLES) {
      const rows = Math.min(BLOCK_SAMPLES, window.rows - top)
      const columns = Math.min(BLOCK_SAMPLES, window.columns - left)
      let seen = 0
      for (let y = top; y < top + rows; y++) for (let x = left; x < left + columns; x++) seen += inside[y * window.columns + x]!
      if (seen < LEAST_SHARE * BLOCK_SAMPLES * BLOCK_SAMPLES) continue
      lines.measure(plane.data, window, top, left, rows, columns)
      u[count] = 2 * (window.left + left) + columns
      v[count] = 2 * (window.top + top) + rows
      re.set(lines.re, count * LINES)
      im.set(lines.im, count * LINES)
      count++
    }
  }
  const blocks = { count, u: u.subarray(0, count), v: v.subarray(0, count), re: re.subarray(0, count * LINES), im: im.subarray(0, count * LINES) }
  flatten(blocks)
  return blocks
}

/** Scale each line to a mean square of 1 over all blocks, and cut what stands out of its block. */
function flatten({ count, re, im }: Blocks): void {
  for (let k = 0; k < LINES; k++) {
    for (const most of [Infinity, MOST_STRENGTH]) {
      let square = 0
      for (let b = 0; b < count; b++) square += re[b * LINES + k]! ** 2 + im[b * LINES + k]! ** 2
      const scale = square > 0 ? Math.sqrt(count / square) : 0
      for (let n = k; n < count * LINES; n += LINES) {
        const size = scale * Math.hypot(re[n]!, im[n]!)
        const factor = size > most ? (scale * most) / size : scale
        re[n]! *= factor
        im[n]! *= factor
      }
    }
  }
}

/** The two lines with the same cycles across, and opposite ones down. */
interface Pair {
  readonly down: Waves
  readonly lines: readonly { readonly k: number; readonly sign: number }[]
}

/** Where a block may begin in a tile, along a side. */
const STARTS = SAMPLES / BLOCK_SAMPLES

/**
 * The transform of a block at the lines alone. It is folded at its middle first, into what is even and what is odd
 * across and down: cosines take the one, sines the other, and each is half as long.
 */
class BlockLines {
  readonly re = new Float64Array(LINES)
  readonly im = new Float64Array(LINES)
  readonly #across: { readonly waves: Waves; readonly pairs: readonly Pair[] }[]
  /** By line and place in the tile, what turns a block's middle to the format's phase. */
  readonly #turns: readonly Waves[]
  /** Even or odd down, then across: quarters of a block, row by row from its middle. */
  readonly #folded = Array.from({ length: 4 }, () => new Float64Array(HALF * HALF))
  readonly #sums = Array.from({ length: 4 }, () => new Float64Array(HALF))
  readonly #block = new Float32Array(BLOCK_SAMPLES * BLOCK_SAMPLES)

  constructor(key: Uint8Array) {
    const { u, v, phase } = pilot(key)
    const lines = Array.from({ length: LINES }, (_, k) => k)
    const distinct = (values: number[]) => [...new Set(values)]
    this.#across = distinct([...u]).map((cycles) => ({
      waves: waves(cycles),
      pairs: distinct(lines.filter((k) => u[k] === cycles).map((k) => Math.abs(v[k]!))).map((down) => ({
        down: waves(down),
        lines: lines.filter((k) => u[k] === cycles && Math.abs(v[k]!) === down).map((k) => ({ k, sign: Math.sign(v[k]!) })),
      })),
    }))
    this.#turns = lines.map((k) => {
      const middle = (n: number) => (BLOCK_SAMPLES * n + HALF) / SAMPLES
      const angles = Float64Array.from({ length: STARTS * STARTS }, (_, n) => {
        return -2 * Math.PI * (phase[k]! + u[k]! * middle(n % STARTS) + v[k]! * middle(Math.floor(n / STARTS)))
      })
      return { cos: angles.map(Math.cos), sin: angles.map(Math.sin) }
    })
  }

  measure(data: Float32Array, window: Window, top: number, left: number, rows: number, columns: number): void {
    if (rows < BLOCK_SAMPLES || columns < BLOCK_SAMPLES) this.#block.fill(0)
    for (let y = 0; y < rows; y++) {
      const from = (top + y) * window.columns + left
      for (let x = 0; x < columns; x++) this.#block[y * BLOCK_SAMPLES + x] = data[from + x]!
    }
    this.#fold()
    const start = (n: number) => (((n / BLOCK_SAMPLES) % STARTS) + STARTS) % STARTS // blocks never reach over a tile's edge
    const place = STARTS * start(window.top + top) + start(window.left + left)
    for (const { waves, pairs } of this.#across) {
      this.#along(waves)
      for (const pair of pairs) this.#add(pair, place)
    }
  }

  #fold(): void {
    const block = this.#block
    const [ee, eo, oe, oo] = this.#folded as [Float64Array, Float64Array, Float64Array, Float64Array]
    for (let y = 0, at = 0; y < HALF; y++) {
      const below = (HALF + y) * BLOCK_SAMPLES + HALF
      const above = (HALF - 1 - y) * BLOCK_SAMPLES + HALF
      for (let x = 0; x < HALF; x++, at++) {
        const [a, b, c, d] = [block[below + x]!, block[below - 1 - x]!, block[above + x]!, block[above - 1 - x]!]
        ee[at] = a + b + c + d
        eo[at] = a - b + c - d
        oe[at] = a + b - c - d
        oo[at] = a - b - c + d
      }
    }
  }

  #along({ cos, sin }: Waves): void {
    const [ee, eo, oe, oo] = this.#folded as [Float64Array, Float64Array, Float64Array, Float64Array]
    for (let y = 0, at = 0; y < HALF; y++) {
      let [p, q, r, s] = [0, 0, 0, 0]
      for (let x = 0; x < HALF; x++, at++) {
        const c = cos[x]!
        const t = sin[x]!
        p += ee[at]! * c
        q += eo[at]! * t
        r += oe[at]! * c
        s += oo[at]! * t
      }
      this.#sums[0]![y] = p
      this.#sums[1]![y] = q
      this.#sums[2]![y] = r
      this.#sums[3]![y] = s
    }
  }

  #add({ down: { cos, sin }, lines }: Pair, place: number): void {
    const [ee, eo, oe, oo] = this.#sums as [Float64Array, Float64Array, Float64Array, Float64Array]
    let [p, q, r, s] = [0, 0, 0, 0]
    for (let y = 0; y < HALF; y++) {
      p += ee[y]! * cos[y]!
      q += eo[y]! * cos[y]!
      r += oe[y]! * sin[y]!
      s += oo[y]! * sin[y]!
    }
    for (const { k, sign } of lines) {
      const [re, im] = [p - sign * s, -q - sign * r]
      const [c, t] = [this.#turns[k]!.cos[place]!, this.#turns[k]!.sin[place]!]
      this.re[k] = re * c - im * t
      this.im[k] = im * c + re * t
    }
  }
}
