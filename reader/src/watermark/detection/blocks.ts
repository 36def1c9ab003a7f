/** The pilot's lines block by block, in a whitened picture that is sampled as the mark would lie. */

import type { Matrix } from '../../numeric/matrix.ts'
import { bytes, floats, integers, kernels, layOut } from '../../numeric/kernels.ts'
import type { Plane } from '../../picture/picture.ts'
import { LINES, SAMPLES, UNITS_PER_SAMPLE } from '../format/constants.ts'
import { pilot } from '../format/pilot.ts'
import { patchUnder, samplePatch, type Window } from './sampling.ts'

/** Samples along a block's side. */
const BLOCK_SAMPLES = 32
/** Less of a block than this share is left out. */
const LEAST_SHARE = 0.25
/** Root mean squares that a line's strength in a block is cut to. */
const MOST_STRENGTH = 3
/** Samples from a block's middle to its edge, and where a block may begin in a tile, along a side. */
const HALF = BLOCK_SAMPLES / 2
const STARTS = SAMPLES / BLOCK_SAMPLES
/** Numbers that the kernel folds a block to, four for each place of a quarter. */
const FOLDED = 4 * HALF * HALF

/** Numbers of a block's lines: real parts, then imaginary ones. */
export const PARTS = 2 * LINES

/** Strengths less the format's phases, `PARTS` for each block, scaled to a mean square of 1. */
export interface Blocks {
  readonly count: number
  /** Middles in mark units. */
  readonly u: Float64Array
  readonly v: Float64Array
  readonly lines: Float32Array
}

/** What the kernel multiplies blocks with: waves across and down from a block's middle by pair of lines, and turns by the block's place in the tile. */
interface Waves {
  readonly across: Float32Array
  readonly down: Float32Array
  readonly turns: Float32Array
}

const made = new Map<string, Waves>()

function wavesOf(key: Uint8Array): Waves {
  const name = key.join()
  const known = made.get(name)
  if (known) return known
  const { u, v, phase } = pilot(key)
  /** Lanes are what is even down and across, even and odd, odd and even, odd and odd. */
  const waves = (cycles: Int16Array, odd: (lane: number) => boolean) =>
    Float32Array.from({ length: 2 * LINES * HALF }, (_, n) => {
      const [pair, x, lane] = [Math.floor(n / (4 * HALF)), (n >> 2) % HALF, n % 4]
      const angle = (2 * Math.PI * cycles[2 * pair]! * (x + 0.5)) / SAMPLES
      return odd(lane) ? Math.sin(angle) : Math.cos(angle)
    })
  const middle = (n: number) => (BLOCK_SAMPLES * n + HALF) / SAMPLES
  const turns = Float32Array.from({ length: STARTS * STARTS * PARTS }, (_, n) => {
    const [place, k] = [Math.floor(n / PARTS), n % LINES]
    const angle = -2 * Math.PI * (phase[k]! + u[k]! * middle(place % STARTS) + v[k]! * middle(Math.floor(place / STARTS)))
    return n % PARTS < LINES ? Math.cos(angle) : Math.sin(angle)
  })
  const found = { across: waves(u, (lane) => lane % 2 === 1), down: waves(v, (lane) => lane >= 2), turns }
  made.set(name, found)
  return found
}

/** The blocks of a window of samples of a plane under a map. */
export function blocksOf(plane: Plane, map: Matrix, window: Window, key: Uint8Array): Blocks {
  const { across, down, turns } = wavesOf(key)
  const [wide, high] = [window.columns, window.rows].map((side) => Math.ceil(side / BLOCK_SAMPLES)) as [number, number]
  const [pitch, most] = [wide * BLOCK_SAMPLES, wide * high]
  const size = most * BLOCK_SAMPLES * BLOCK_SAMPLES
  const patch = patchUnder(plane, map, window)
  const areas = layOut(patch.room, 2 * map.length, size, size / 4, across.length, down.length, turns.length, FOLDED, most, most * PARTS)
  const [pixels, matrix, samples, inside, acrossWaves, downWaves, phases, folded, kept, out] = areas
  floats(samples, size).fill(0)
  bytes(inside, size).fill(0)
  floats(acrossWaves, across.length).set(across)
  floats(downWaves, down.length).set(down)
  floats(phases, turns.length).set(turns)
  const start = (first: number) => (((first / BLOCK_SAMPLES) % STARTS) + STARTS) % STARTS // blocks never reach over a tile's edge
  const { blockLines, flattenLines } = kernels()
  samplePatch(plane, patch, [pixels, matrix], map, window, { samples, inside, pitch }, 0)
  const least = LEAST_SHARE * BLOCK_SAMPLES * BLOCK_SAMPLES
  const count = blockLines(samples, inside, pitch, high * BLOCK_SAMPLES, least, start(window.left), start(window.top), acrossWaves, downWaves, phases, folded, kept, out)
  flattenLines(out, count, MOST_STRENGTH)
  const numbers = integers(kept, count)
  const middles = (first: number, all: number, nth: (n: number) => number) =>
    Float64Array.from(numbers, (n) => UNITS_PER_SAMPLE * (first + BLOCK_SAMPLES * nth(n)) + Math.min(BLOCK_SAMPLES, all - BLOCK_SAMPLES * nth(n)))
  return {
    count,
    u: middles(window.left, window.columns, (n) => n % wide),
    v: middles(window.top, window.rows, (n) => Math.floor(n / wide)),
    lines: floats(out, count * PARTS).slice(),
  }
}
