/** A whole picture that was resized: its tile begins at the corner, so its scale is all that is looked for. */

import { linear, multiply, type Matrix } from '../../numeric/matrix.ts'
import { LINES, TILE } from '../format/constants.ts'
import { pixelsPerUnit } from '../format/layout.ts'
import { pilot, type Pilot } from '../format/pilot.ts'
import { HIGHEST } from './maps.ts'
import type { Placed } from './phases.ts'
import { sampleAt, type Spectrum } from './spectrum.ts'

/** How many times as large a picture was when it was marked: least and most. */
const FACTORS = [1 / 2.5, 8] as const
/** Steps in the logarithm of the scale. */
const STEP = 0.0015
/** Root mean squares that a line's strength is cut to. */
const MOST_STRENGTH = 3

/** Pixels per unit in a picture of this size, if it was marked at a size that many times as large. */
function scaleOf(width: number, height: number, factor: number): number {
  return pixelsPerUnit(width * factor, height * factor) / factor
}

/** The scales whose lines have the known phases most of all, best first; `scaling` is the map from picture to spectrum. */
export function resized(spectrum: Spectrum, width: number, height: number, scaling: Matrix, key: Uint8Array): Placed[] {
  const lines = new KnownLines(spectrum, scaling, key)
  const [most, least] = FACTORS.map((factor) => scaleOf(width, height, factor)) as [number, number]
  const scales = Float64Array.from({ length: 1 + Math.ceil(Math.log(most / least) / STEP) }, (_, n) => least * Math.exp(n * STEP))
  const reached = scales.map((scale) => lines.agreement(scale))
  const size = (n: number) => Math.abs(reached[n] ?? 0)
  const peaks = Array.from(scales.keys()).filter((n) => size(n) >= Math.max(size(n - 1), size(n + 1)))
  return peaks
    .sort((a, b) => size(b) - size(a))
    .map((n) => ({ map: multiply(scaling, linear([scales[n]!, 0, 0, scales[n]!])), agreement: size(n), inverted: reached[n]! < 0 }))
}

/** The lines of a mark that begins at the picture's corner. */
class KnownLines {
  readonly #spectrum: Spectrum
  readonly #pilot: Pilot
  /** Spectrum pixels for a picture pixel, and the place that phases refer to, in picture pixels. */
  readonly #across: number
  readonly #down: number
  readonly #middle: readonly [number, number]
  readonly #value = new Float64Array(2)

  constructor(spectrum: Spectrum, scaling: Matrix, key: Uint8Array) {
    this.#spectrum = spectrum
    this.#pilot = pilot(key)
    this.#across = scaling[0]!
    this.#down = scaling[4]!
    this.#middle = [spectrum.origin[0] / this.#across, spectrum.origin[1] / this.#down]
  }

  /** Strengths in phase, added up: standard normal without a pilot, negative in a negative. */
  agreement(scale: number): number {
    const { u, v, phase } = this.#pilot
    const unit = scale * TILE
    let sum = 0
    let seen = 0
    for (let k = 0; k < LINES; k++) {
      const [x, y] = [u[k]! / unit, v[k]! / unit]
      const [across, down] = [x / this.#across, y / this.#down]
      if (Math.max(Math.abs(across), Math.abs(down)) > HIGHEST) continue
      sampleAt(this.#spectrum, across, down, this.#value)
      const [re, im] = [this.#value[0]!, this.#value[1]!]
      const turn = 2 * Math.PI * (x * this.#middle[0] + y * this.#middle[1] + phase[k]!)
      sum += (re * Math.cos(turn) + im * Math.sin(turn)) * Math.min(1, MOST_STRENGTH / Math.hypot(re, im))
      seen++
    }
    return seen ? sum / Math.sqrt(seen / 2) : 0
  }
}
