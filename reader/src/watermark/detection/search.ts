/** The search for a mark, cheapest first. */

import { apply, invert, linear, multiply, type Matrix } from '../../numeric/matrix.ts'
import { rowsOf, type Rows } from '../../picture/picture.ts'
import { FINE, PLAIN, shrink } from '../../picture/resample.ts'
import { TILE } from '../format/constants.ts'
import { pixelsPerUnit } from '../format/layout.ts'
import { fitOf, MOST_GEOMETRIES } from '../significance.ts'
import { stretched, turned, upright, type Guess } from './guesses.ts'
import { polarMap, stretchMap } from './maps.ts'
import { blurred, powerOf, type Power } from './power.ts'
import { place, type Placed } from './phases.ts'
import { planeAsMarked } from './planes.ts'
import { read, viewOf, viewUnder, type Reading } from './reading.ts'
import { refine, type Refined } from './refinement.ts'
import { Sizes } from './sampling.ts'
import { fitted } from './shapes.ts'
import { softBits, WEIGHTINGS } from './softbits.ts'
import { spectrumOf, type Spectrum } from './spectrum.ts'
import { whiten } from './whitening.ts'

/** Pixels of the picture that the pilot is looked for in. */
const MOST_PIXELS = 1 << 21
/** How much more than a power of two a side may be to be cut. */
const MOST_CUT = 1.3
/** Pixels along the longer side of the middle in which stretches are looked for. */
const STRETCHED_SIDE = 512
/** Guesses that are compared by phase: upright, turned, stretched. */
const UPRIGHT_GUESSES = 20
const TURNED_GUESSES = 8
const STRETCHED_GUESSES = 6
const TILTED_GUESSES = 10
/** Half bins over which power is averaged there. */
const TILTED_BLUR = 3
/** Pixels along the longer side of the middle in which tilted marks are looked for, at least. */
const TILTED_SIDE = 320
/** Placed guesses that are sharpened in each round. */
const REFINED = 4
/** Agreement in all blocks: needed to look more closely, for a decoding, and beyond doubt. Chance seldom gives more than 6.5. */
const LIKELY = 6
const PILOT = 6.5
const SURE = 9
/** Mark units by which two maps differ at most that are taken for one: once both are sharp, and before. */
const ALIKE = 1
const NEARBY = 6
/** Samples a side that guesses are sharpened with at first, and in the end. */
const FIRST_SAMPLES = 320
const LAST_SAMPLES = 768
const LAST_ROUNDS = 2
/** Mark units: a guess that is moved by less at the edge is sharp. */
const SETTLED = 0.3

export interface Found {
  readonly reading: Reading
  readonly map: Matrix
  readonly inverted: boolean
  readonly step: string
}

/** A step that begins, and which share of the time that nothing takes is spent by then. */
export interface Looking {
  readonly looking: string
  readonly share: number
}

const AS_MARKED = 'as marked'

/** How well another picture, in which a mark would lie alike, fits the word that was found: the best of the weightings. */
export function fitAgain(luma: Rows, { reading, map, inverted, step }: Found, key: Uint8Array): number {
  const { subbands } = step === AS_MARKED ? viewOf(planeAsMarked(luma)) : viewUnder(new Sizes(luma, FINE), map)
  const fits = WEIGHTINGS.map((weighting) => fitOf(softBits(subbands, key, weighting).bits, reading.code))
  return Math.max(...fits.map((fit) => (inverted ? -fit : fit)))
}

/** Every mark found, one by one: who takes the first pays for no more. Steps are told as they begin. */
export function* search(luma: Rows, key: Uint8Array): Generator<Found | Looking> {
  const scale = pixelsPerUnit(luma.width, luma.height)
  const asMarked = linear([scale, 0, 0, scale])
  yield { looking: AS_MARKED, share: 0 }
  if (luma.width * luma.height <= MOST_PIXELS) luma.whole() // it is needed whole anyway
  for (const reading of read(viewOf(planeAsMarked(luma)), key, 1, false)) {
    yield { reading, map: asMarked, inverted: false, step: AS_MARKED }
  }
  yield* new Search(luma, key).run(asMarked)
}

/** A part of the picture as its spectrum. */
interface Look extends Spectrum {
  readonly power: Power
}

class Search {
  readonly #looks = new Map<number, Look>()
  readonly #luma: Sizes
  readonly #key: Uint8Array
  readonly #whitened: Sizes
  /** From the picture to the smaller one that the pilot is looked for in. */
  readonly #scaling: Matrix
  /** The maps under which the picture was read, besides as it was marked. */
  readonly #read: Matrix[] = []

  constructor(luma: Rows, key: Uint8Array) {
    this.#luma = new Sizes(luma, FINE)
    this.#key = key
    const factor = Math.sqrt(Math.max(1, (luma.width * luma.height) / MOST_PIXELS))
    const small = factor > 1 ? shrink(luma, factor, factor) : luma.whole()
    this.#scaling = linear([small.width / luma.width, 0, 0, small.height / luma.height])
    this.#whitened = new Sizes(rowsOf(whiten(small)), PLAIN)
  }

  *run(asMarked: Matrix): Generator<Found | Looking> {
    yield { looking: 'upright', share: 0.1 }
    const whole = this.#look(1)
    const start = { map: multiply(this.#scaling, asMarked), agreement: 0, inverted: false }
    yield* this.#round('upright', whole, upright(whole.power, this.#key, UPRIGHT_GUESSES))
    yield* this.#follow(start, whole, 'as marked, sharpened')
    yield { looking: 'turned', share: 0.4 }
    yield* this.#round('turned', whole, turned(polarMap(whole.power), this.#key, TURNED_GUESSES))
    yield { looking: 'stretched', share: 0.6 }
    yield* this.#stretched(whole)
    yield { looking: 'tilted', share: 0.8 }
    yield* this.#tilted(whole)
  }

  *#stretched(whole: Look): Generator<Found> {
    const look = this.#look(Math.min(1, STRETCHED_SIDE / Math.max(...whole.extent)))
    yield* this.#round('stretched', look, stretched(stretchMap(look.power), this.#key, STRETCHED_GUESSES))
  }

  /** In the middle of a tilted picture the mark is nearly evenly sheared and stretched. */
  *#tilted(whole: Look): Generator<Found> {
    const side = Math.max(TILTED_SIDE, Math.max(...whole.extent) / 2)
    const look = this.#look(Math.min(1, side / Math.max(...whole.extent)))
    const around = blurred(look.power, TILTED_BLUR)
    const guesses = turned(polarMap(around), this.#key, TILTED_GUESSES)
      .map((guess) => fitted(around, guess, this.#key))
      .map((guess) => fitted(look.power, guess, this.#key))
    yield* this.#round('tilted', look, guesses)
  }

  /** Compare guesses by phase, and follow the best of them. */
  *#round(step: string, look: Look, guesses: readonly Guess[]): Generator<Found> {
    const placed = guesses.flatMap((guess) => place(look, guess, this.#key))
    placed.sort((a, b) => b.agreement - a.agreement)
    for (const each of placed.slice(0, REFINED)) yield* this.#follow(each, look, step)
  }

  /** The spectrum of the picture's middle, which has this share of both sides. */
  #look(share: number): Look {
    const known = this.#looks.get(share)
    if (known) return known
    const { plane } = this.#whitened
    const [width, height] = [fitting(share * plane.width), fitting(share * plane.height)]
    const part = { left: (plane.width - width) >> 1, top: (plane.height - height) >> 1, width, height }
    const spectrum = spectrumOf(plane, part)
    const look = { ...spectrum, power: powerOf(spectrum) }
    this.#looks.set(share, look)
    return look
  }

  /** Whether the picture was read under a map that differs by less, in mark units. */
  #known(map: Matrix, least: number): boolean {
    const { width, height } = this.#whitened.plane
    const corners = [[0, 0], [width, 0], [0, height], [width, height]] as const
    return this.#read.some((known) => apart(known, map, corners) < least)
  }

  /** Sharpen a guess, and read the picture under it if the pilot is there. */
  *#follow(placed: Placed, look: Look, step: string): Generator<Found> {
    if (this.#read.length >= MOST_GEOMETRIES - 1) return
    const sign = placed.inverted ? -1 : 1
    const known = { x: look.origin[0], y: look.origin[1], radius: Math.hypot(...look.extent) / 2 }
    const better = (map: Matrix, samples: number) => refine(this.#whitened, map, this.#key, sign, known, samples)
    let refined: Refined = better(placed.map, FIRST_SAMPLES)
    if (sign * refined.agreement < LIKELY || this.#known(refined.map, NEARBY)) return
    for (let n = 0; n < LAST_ROUNDS && (n === 0 || refined.moved > SETTLED); n++) refined = better(refined.map, LAST_SAMPLES)
    if (sign * refined.agreement < PILOT) return
    if (this.#known(refined.map, ALIKE)) return
    this.#read.push(refined.map)
    const map = multiply(invertScaling(this.#scaling), refined.map)
    const view = viewUnder(this.#luma, map)
    for (const reading of read(view, this.#key, sign, sign * refined.agreement >= SURE)) {
      yield { reading, map, inverted: placed.inverted, step }
    }
  }
}

/** A side that is little more than a power of two is cut to it: its transform would be twice as long. */
function fitting(side: number): number {
  const power = 2 ** Math.floor(Math.log2(side))
  return side < MOST_CUT * power ? power : Math.round(side)
}

/** Half a turn of the mark, and so on, is another map; a shift by whole tiles is the same one. */
function apart(one: Matrix, other: Matrix, places: readonly (readonly [number, number])[]): number {
  const [back, forth] = [invert(one), invert(other)]
  const off = places.map(([x, y]) => {
    const [u, v] = apply(back, x, y)
    const [p, q] = apply(forth, x, y)
    return [u - p, v - q] as const
  })
  const tiles = (n: 0 | 1) => TILE * Math.round(off[0]![n] / TILE)
  return Math.max(...off.map(([u, v]) => Math.hypot(u - tiles(0), v - tiles(1))))
}

function invertScaling(scaling: Matrix): Matrix {
  return linear([1 / scaling[0]!, 0, 0, 1 / scaling[4]!])
}
