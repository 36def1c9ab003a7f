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

interface Waves {
  readonly cos: Float32Array
  readonly sin: Float32Array
}

const made = new Map<number, Waves>()

/** The cosines and sines of `n` cycles a tile, along a tile. */
function waves(n: number): Waves {
  const known = made.get(n)
  if (known) return known
  const angle = (_: unknown, x: number) => (2 * Math.PI * n * (x + 0.5)) / SAMPLES
  const angles = Array.from({ length: SAMPLES }, angle)
  const found = { cos: Float32Array.from(angles, Math.cos), sin: Float32Array.from(angles, Math.sin) }
  made.set(n, found)
  return found
}

export function blocksOf({ plane, inside }: Sampled, window: Window, key: Uint8Array): Blocks {
  const [u, v, re, im]: [number[], number[], number[], number[]] = [[], [], [], []]
  const lines = new BlockLines(key)
  for (let top = 0; top < window.rows; top += BLOCK_SAMPLES) {
    for (let left = 0; left < window.columns; left += BLOCK_SAMPLES) {
      const rows = Math.min(BLOCK_SAMPLES, window.rows - top)
      const columns = Math.min(BLOCK_SAMPLES, window.columns - left)
      let seen = 0
      for (let y = top; y < top + rows; y++) for (let x = left; x < left + columns; x++) seen += inside[y * window.columns + x]!
      if (seen < LEAST_SHARE * BLOCK_SAMPLES * BLOCK_SAMPLES) continue
      lines.measure(plane.data, window, top, left, rows, columns)
      u.push(2 * (window.left + left) + columns)
      v.push(2 * (window.top + top) + rows)
      re.push(...lines.re)
      im.push(...lines.im)
    }
  }
  const blocks = { count: u.length, u: Float64Array.from(u), v: Float64Array.from(v), re: Float32Array.from(re), im: Float32Array.from(im) }
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

interface Line {
  readonly k: number
  readonly waves: Waves
  readonly sign: number
  readonly cos: number
  readonly sin: number
}

/** The transform of a block at the lines alone: first along rows, for each number of cycles once. */
class BlockLines {
  readonly re = new Float64Array(LINES)
  readonly im = new Float64Array(LINES)
  readonly #across: { cycles: number; lines: Line[] }[] = []

  constructor(key: Uint8Array) {
    const { u, v, phase } = pilot(key)
    for (let k = 0; k < LINES; k++) {
      const angle = 2 * Math.PI * phase[k]!
      const line = { k, waves: waves(Math.abs(v[k]!)), sign: Math.sign(v[k]!), cos: Math.cos(angle), sin: Math.sin(angle) }
      const known = this.#across.find(({ cycles }) => cycles === u[k])
      if (known) known.lines.push(line)
      else this.#across.push({ cycles: u[k]!, lines: [line] })
    }
  }

  measure(data: Float32Array, window: Window, top: number, left: number, rows: number, columns: number): void {
    this.re.fill(0)
    this.im.fill(0)
    const place = (n: number) => ((n % SAMPLES) + SAMPLES) % SAMPLES
    const startX = place(window.left + left) // blocks never reach over a tile's edge
    for (const { cycles, lines } of this.#across) {
      const { cos, sin } = waves(cycles)
      for (let y = 0; y < rows; y++) {
        const from = (top + y) * window.columns + left
        let c = 0
        let s = 0
        for (let x = 0; x < columns; x++) {
          const value = data[from + x]!
          c += value * cos[startX + x]!
          s -= value * sin[startX + x]!
        }
        const t = place(window.top + top + y)
        for (const line of lines) this.#add(line, c, s, t)
      }
    }
    this.#unphase()
  }

  #add(line: Line, c: number, s: number, t: number): void {
    const { cos, sin } = line.waves
    const x = cos[t]!
    const y = line.sign * sin[t]!
    this.re[line.k]! += c * x + s * y
    this.im[line.k]! += s * x - c * y
  }

  #unphase(): void {
    for (const { lines } of this.#across) {
      for (const { k, cos, sin } of lines) {
        const [x, y] = [this.re[k]!, this.im[k]!]
        this.re[k] = x * cos + y * sin
        this.im[k] = y * cos - x * sin
      }
    }
  }
}
