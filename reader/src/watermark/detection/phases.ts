/** What the phases of the lines say about a guess: handedness, quarter turn, position and sign. */

import { turns } from '../../numeric/fft.ts'
import { floats, integers, kernels, layOut } from '../../numeric/kernels.ts'
import { linear, multiply, translation, type Matrix } from '../../numeric/matrix.ts'
import { LINES, SAMPLES, TILE, UNITS_PER_SAMPLE } from '../format/constants.ts'
import { pilot } from '../format/pilot.ts'
import type { Guess, Shape } from './guesses.ts'
import { HIGHEST } from './maps.ts'
import { sampleAt, type Spectrum } from './spectrum.ts'

export interface Placed {
  /** From the mark to the picture. */
  readonly map: Matrix
  /** Strengths in phase, added up: standard normal at one position without a pilot. */
  readonly agreement: number
  readonly inverted: boolean
}

/** The eight symmetries of the square, as matrices. */
export const SYMMETRIES: readonly Shape[] = [
  [1, 0, 0, 1],
  [0, -1, 1, 0],
  [-1, 0, 0, -1],
  [0, 1, -1, 0],
  [-1, 0, 0, 1],
  [0, 1, 1, 0],
  [1, 0, 0, -1],
  [0, -1, -1, 0],
]

/** Root mean squares that a line's strength is cut to. */
const MOST_STRENGTH = 2.5
/** Least strengths in phase: among all positions, chance alone gives 5 now and then. */
export const LEAST_AGREEMENT = 5
/** ... and over the strengths there are: chance gives 4 among all positions, however few lines there are. */
const LEAST_LIKENESS = 4.1
/** ... of what lines that agree perfectly give. */
const LEAST_SHARE = 0.6
/** What the best of the positions that are looked at has at least of the best between them. */
const COARSE_SHARE = 0.65
/** Mark units to which the position is found. */
const LEAST_SHIFT = 0.25
const DIRECTIONS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const

interface Mapped {
  readonly line: Uint8Array
  readonly conjugate: Uint8Array
}

const made = new Map<string, readonly Mapped[]>()

/** Where each symmetry takes each line. */
function mapped(key: Uint8Array): readonly Mapped[] {
  const name = key.join()
  const known = made.get(name)
  if (known) return known
  const { u, v } = pilot(key)
  const found = SYMMETRIES.map(([a, b, c, d]) => {
    const line = new Uint8Array(LINES)
    const conjugate = new Uint8Array(LINES)
    for (let k = 0; k < LINES; k++) {
      const [x, y] = [a * u[k]! + b * v[k]!, c * u[k]! + d * v[k]!]
      for (let n = 0; n < LINES; n++) {
        const sign = u[n] === x && v[n] === y ? 1 : u[n] === -x && v[n] === -y ? -1 : 0
        if (sign === 0) continue
        line[k] = n
        conjugate[k] = sign < 0 ? 1 : 0
      }
    }
    return { line, conjugate }
  })
  made.set(name, found)
  return found
}

/** The strengths of all lines under a guess; 0 beyond what the picture can show. */
function strengths(spectrum: Spectrum, guess: Guess, key: Uint8Array): { re: Float64Array; im: Float64Array } {
  const [xx, xy, yx, yy] = guess.shape
  const unit = (xx * yy - xy * yx) * TILE
  const { u, v } = pilot(key)
  const [re, im] = [new Float64Array(LINES), new Float64Array(LINES)]
  const value = new Float64Array(2)
  for (let k = 0; k < LINES; k++) {
    const across = (yy * u[k]! - yx * v[k]!) / unit
    const down = (-xy * u[k]! + xx * v[k]!) / unit
    if (Math.max(Math.abs(across), Math.abs(down)) > HIGHEST) continue
    sampleAt(spectrum, across, down, value)
    const size = Math.hypot(value[0]!, value[1]!)
    const scale = size > MOST_STRENGTH ? MOST_STRENGTH / size : 1
    re[k] = scale * value[0]!
    im[k] = scale * value[1]!
  }
  return { re, im }
}

/** The lines of one symmetry less the format's phases: what is left tells the position. */
function unphased(found: { re: Float64Array; im: Float64Array }, to: Mapped, key: Uint8Array) {
  const { phase } = pilot(key)
  const [re, im] = [new Float64Array(LINES), new Float64Array(LINES)]
  for (let k = 0; k < LINES; k++) {
    const [c, s] = [Math.cos(2 * Math.PI * phase[k]!), Math.sin(2 * Math.PI * phase[k]!)]
    const x = found.re[to.line[k]!]!
    const y = to.conjugate[k] ? -found.im[to.line[k]!]! : found.im[to.line[k]!]!
    re[k] = x * c + y * s
    im[k] = y * c - x * s
  }
  return { re, im }
}

type Lines = ReturnType<typeof unphased>

interface Position {
  /** A sample of the tile, row by row. */
  readonly at: number
  readonly value: number
}

/** The strongest of all positions, a sample apart: of one set of lines, and of another. */
function positions(first: Lines, second: Lines, key: Uint8Array): readonly [Position, Position] {
  const { u, v } = pilot(key)
  const plane = 2 * SAMPLES * SAMPLES
  const [lines, cycles, circle, grid, spare, found] = layOut(4 * LINES, 2 * LINES, 2 * SAMPLES, plane, plane, 4)
  ;[first.re, first.im, second.re, second.im].forEach((part, n) => {
    floats(lines, 4 * LINES).set(part, n * LINES)
  })
  ;[u, v].forEach((part, n) => {
    integers(cycles, 2 * LINES).set(part, n * LINES)
  })
  floats(circle, 2 * SAMPLES).set(turns(SAMPLES))
  kernels().positions(lines, cycles, circle, grid, spare, found)
  const [at, values] = [integers(found, 4), floats(found, 4)]
  return [
    { at: at[0]!, value: values[1]! },
    { at: at[2]!, value: values[3]! },
  ]
}

/** The best position of each of the first symmetries whose phases agree well enough, best first. */
export function place(spectrum: Spectrum, guess: Guess, key: Uint8Array, symmetries = SYMMETRIES.length): Placed[] {
  const found = strengths(spectrum, guess, key)
  let [square, seen] = [0, 0]
  for (let k = 0; k < LINES; k++) {
    const power = found.re[k]! ** 2 + found.im[k]! ** 2
    square += power
    if (power > 0) seen++
  }
  if (seen === 0) return []
  const least = Math.max(
    LEAST_AGREEMENT * Math.sqrt(seen / 2),
    Math.max(LEAST_LIKENESS, LEAST_SHARE * Math.sqrt(2 * seen)) * Math.sqrt(square / 2),
  )
  const sets = mapped(key)
    .slice(0, symmetries)
    .map((to) => unphased(found, to, key))
  const placed: Placed[] = []
  for (let n = 0; n < sets.length; n += 2) {
    for (const [m, { at, value }] of positions(sets[n]!, sets[n + 1]!, key).entries()) {
      if (Math.abs(value) < COARSE_SHARE * least) continue
      const { shift, sum } = climb(sets[n + m]!, at, value < 0 ? -1 : 1, key)
      if (sum < least) continue
      placed.push({ map: mapOf(spectrum, guess, n + m, shift), agreement: sum / Math.sqrt(seen / 2), inverted: value < 0 })
    }
  }
  return placed.sort((a, b) => b.agreement - a.agreement)
}

/** From the best of the positions, which are a sample apart, to the best between them. */
function climb(lines: Lines, at: number, sign: number, key: Uint8Array): { shift: readonly [number, number]; sum: number } {
  const { u, v } = pilot(key)
  const turn = (2 * Math.PI) / TILE
  const sumAt = (x: number, y: number) => {
    let sum = 0
    for (let k = 0; k < LINES; k++) {
      const angle = turn * (u[k]! * x + v[k]! * y)
      sum += lines.re[k]! * Math.cos(angle) - lines.im[k]! * Math.sin(angle)
    }
    return sign * sum
  }
  const back = (n: number) => (UNITS_PER_SAMPLE * (SAMPLES - n)) % TILE
  let [x, y] = [back(at % SAMPLES), back(Math.floor(at / SAMPLES))]
  let sum = sumAt(x, y)
  for (let step = UNITS_PER_SAMPLE / 2; step >= LEAST_SHIFT; step /= 2) {
    for (const [dx, dy] of DIRECTIONS) {
      const tried = sumAt(x + step * dx, y + step * dy)
      if (tried > sum) [x, y, sum] = [x + step * dx, y + step * dy, tried]
    }
  }
  return { shift: [x, y], sum }
}

function mapOf(spectrum: Spectrum, guess: Guess, symmetry: number, shift: readonly [number, number]): Matrix {
  const shape = multiply(linear(guess.shape), linear(SYMMETRIES[symmetry]!))
  return multiply(translation(spectrum.origin[0], spectrum.origin[1]), multiply(shape, translation(shift[0], shift[1])))
}
