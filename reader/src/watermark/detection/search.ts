/** The search for a mark, cheapest first. */

import type { Matrix } from '../../numeric/matrix.ts'
import { linear, multiply } from '../../numeric/matrix.ts'
import type { Plane } from '../../picture/picture.ts'
import { shrink } from '../../picture/resample.ts'
import { pixelsPerUnit } from '../format/layout.ts'
import { MOST_GEOMETRIES } from '../significance.ts'
import { stretched, turned, upright, type Guess } from './guesses.ts'
import { polarMap, stretchMap } from './maps.ts'
import { powerOf } from './power.ts'
import { place, type Placed } from './phases.ts'
import { planeAsMarked } from './planes.ts'
import { read, viewOf, viewUnder, type Reading } from './reading.ts'
import { refine, type Refined } from './refinement.ts'
import { spectrumOf } from './spectrum.ts'
import { whiten } from './whitening.ts'

/** Pixels of the picture that the pilot is looked for in. */
const MOST_PIXELS = 1 << 21
/** Guesses that are compared by phase: upright, turned, stretched. */
const UPRIGHT_GUESSES = 24
const TURNED_GUESSES = 10
const STRETCHED_GUESSES = 10
/** Placed guesses that are sharpened in each round. */
const REFINED = 4
/** Agreement in all blocks: needed for a decoding, and beyond doubt. */
const PILOT = 5
const SURE = 9
/** Samples a side that guesses are sharpened with at first, and in the end. */
const FIRST_SAMPLES = 384
const LAST_SAMPLES = 1024

export interface Found {
  readonly reading: Reading
  readonly map: Matrix
  readonly inverted: boolean
  readonly step: string
}

export function search(luma: Plane, key: Uint8Array): Found | undefined {
  const scale = pixelsPerUnit(luma.width, luma.height)
  const asMarked = linear([scale, 0, 0, scale])
  const reading = read(viewOf(planeAsMarked(luma)), key, 1, false)
  if (reading) return { reading, map: asMarked, inverted: false, step: 'as marked' }
  return new Search(luma, key).run(asMarked)
}

class Search {
  readonly #luma: Plane
  readonly #key: Uint8Array
  readonly #whitened: Plane
  /** From the picture to the smaller one that the pilot is looked for in. */
  readonly #scaling: Matrix
  #geometries = 1

  constructor(luma: Plane, key: Uint8Array) {
    this.#luma = luma
    this.#key = key
    const factor = Math.sqrt(Math.max(1, (luma.width * luma.height) / MOST_PIXELS))
    const small = factor > 1 ? shrink(luma, factor, factor) : luma
    this.#scaling = linear([small.width / luma.width, 0, 0, small.height / luma.height])
    this.#whitened = whiten(small)
  }

  run(asMarked: Matrix): Found | undefined {
    const spectrum = spectrumOf(this.#whitened)
    const power = powerOf(spectrum)
    const rounds: [string, () => Guess[]][] = [
      ['upright', () => upright(power, this.#key, UPRIGHT_GUESSES)],
      ['turned', () => turned(polarMap(power), this.#key, TURNED_GUESSES)],
      ['stretched', () => stretched(stretchMap(power), this.#key, STRETCHED_GUESSES)],
    ]
    const sharpened = this.#follow({ map: multiply(this.#scaling, asMarked), agreement: 0, inverted: false }, 1, 'as marked, sharpened')
    if (sharpened) return sharpened
    for (const [step, guesses] of rounds) {
      const placed = guesses()
        .flatMap((guess) => place(spectrum, guess, this.#key))
        .sort((a, b) => b.agreement - a.agreement)
        .slice(0, REFINED)
      for (const each of placed) {
        const found = this.#follow(each, 1, step)
        if (found) return found
      }
    }
    return undefined
  }

  /** Sharpen a guess, and read the picture under it if the pilot is there. */
  #follow(placed: Placed, share: number, step: string): Found | undefined {
    if (this.#geometries >= MOST_GEOMETRIES) return undefined
    const sign = placed.inverted ? -1 : 1
    const better = (map: Matrix, samples: number) => refine(this.#whitened, map, this.#key, sign, share, samples)
    let refined: Refined = better(placed.map, FIRST_SAMPLES)
    if (sign * refined.agreement < PILOT - 1) return undefined
    refined = better(refined.map, LAST_SAMPLES)
    refined = better(refined.map, LAST_SAMPLES)
    if (sign * refined.agreement < PILOT) return undefined
    this.#geometries++
    const map = multiply(invertScaling(this.#scaling), refined.map)
    const reading = read(viewUnder(this.#luma, map), this.#key, sign, sign * refined.agreement >= SURE)
    return reading && { reading, map, inverted: placed.inverted, step }
  }
}

function invertScaling(scaling: Matrix): Matrix {
  return linear([1 / scaling[0]!, 0, 0, 1 / scaling[4]!])
}
