/** The search for a mark, cheapest first. */

import { apply, invert, linear, multiply, type Matrix } from '../../numeric/matrix.ts'
import { rowsOf, type Rows } from '../../picture/picture.ts'
import { FINE, PLAIN, shrink } from '../../picture/resample.ts'
import { TILE, UNITS_PER_SAMPLE } from '../format/constants.ts'
import { pixelsPerUnit } from '../format/layout.ts'
import { fitOf, MOST_GEOMETRIES } from '../significance.ts'
import { stretched, turned, upright, type Guess } from './guesses.ts'
import { polarMap, stretchMap } from './maps.ts'
import { blurred, powerOf, type Power } from './power.ts'
import { LEAST_AGREEMENT, place, type Placed } from './phases.ts'
import { planeAsMarked } from './planes.ts'
import { energyOf, read, viewOf, viewUnder, type Reading, type View } from './reading.ts'
import { refine, type Refined } from './refinement.ts'
import { resized } from './resized.ts'
import { Sizes, scalesAt } from './sampling.ts'
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
/** Pixels along the longer side of a picture in which power hardly tells scales apart, and how many more are compared by phase there. */
const TINY_SIDE = 256
const TINY_GUESSES = 60
/** Guesses that are compared by phase: upright, turned, stretched. */
const UPRIGHT_GUESSES = 20
const TURNED_GUESSES = 8
const STRETCHED_GUESSES = 6
const TILTED_GUESSES = 10
/** Half bins over which power is averaged there. */
const TILTED_BLUR = 3
/** Pixels along the longer side of the middle in which tilted marks are looked for, at least. */
const TILTED_SIDE = 320
/** The first of the symmetries: two cost as much as one. */
const AS_IT_STANDS = 2
/** Placed guesses that are sharpened in each round. */
const REFINED = 4
/** Scales of a whole picture whose carriers are compared, where a look is cheap. */
const LOOKS = 4
/** What the best scale of a whole picture that was resized needs, where a look is cheap. */
const LEAST_RESIZED = 3.5
/** Samples along the longer side of a plane that it costs little to look at, whatever its pilot says. */
const SMALL_SIDE = 384
/** Agreement in all blocks that a guess needs there: chance gives it often. */
const FAINT = 5
/** Agreement in all blocks: needed to look more closely, for a decoding, and beyond doubt. Chance seldom gives more than 6.5. */
const LIKELY = 6
const PILOT = 6.5
const SURE = 9
/** Mark units by which two maps differ at most that are taken for one: once both are sharp, and before. */
const ALIKE = 1
const NEARBY = 6
/** Times the agreement of a map that was read, with which another near it is read as well: that one was astray. */
const MUCH_BETTER = 1.3
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
  for (const reading of read(viewOf(planeAsMarked(luma)), key, 1, false, false)) {
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
  /** The maps with a pilot under which the picture was read, besides as it was marked. */
  readonly #read: Refined[] = []
  /** The geometries that were read at all. */
  #geometries = 1

  constructor(luma: Rows, key: Uint8Array) {
    this.#luma = new Sizes(luma, FINE)
    this.#key = key
    const factor = Math.sqrt(Math.max(1, (luma.width * luma.height) / MOST_PIXELS))
    const small = factor > 1 ? shrink(luma, factor, factor) : luma.whole()
    this.#scaling = linear([small.width / luma.width, 0, 0, small.height / luma.height])
    this.#whitened = new Sizes(rowsOf(whiten(small)), PLAIN)
  }

  *run(asMarked: Matrix): Generator<Found | Looking> {
    yield { looking: 'resized', share: 0.08 }
    const whole = this.#look(1)
    yield* this.#resized(whole)
    yield { looking: 'upright', share: 0.1 }
    const start = { map: multiply(this.#scaling, asMarked), agreement: 0, inverted: false }
    yield* this.#round('upright', whole, upright(whole.power, this.#key, UPRIGHT_GUESSES), this.#beside(whole))
    yield* this.#follow(start, whole, 'as marked, sharpened')
    yield { looking: 'turned', share: 0.4 }
    yield* this.#round('turned', whole, turned(polarMap(whole.power), this.#key, TURNED_GUESSES))
    yield { looking: 'stretched', share: 0.6 }
    yield* this.#stretched(whole)
    yield { looking: 'tilted', share: 0.8 }
    yield* this.#tilted(whole)
  }

  /** The best scale of a whole picture: it is looked at whatever sharpening finds. */
  *#resized(whole: Look): Generator<Found> {
    const placed = resized(whole, this.#luma.width, this.#luma.height, this.#scaling, this.#key)
      .filter(({ map, agreement }) => agreement >= (this.#isSmall(map) ? LEAST_RESIZED : LEAST_AGREEMENT))
    for (const each of this.#best(placed, 1)) yield* this.#follow(each, whole, 'resized', -Infinity)
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

  /** Scales of a tiny picture beside the best: they are compared as the picture stands. */
  #beside(whole: Look): Guess[] {
    const tiny = Math.max(...whole.extent) <= TINY_SIDE
    return tiny ? upright(whole.power, this.#key, TINY_GUESSES, true) : []
  }

  /** Compare guesses by phase, some of them as the picture stands, and follow the best of all. */
  *#round(step: string, look: Look, guesses: readonly Guess[], standing: readonly Guess[] = []): Generator<Found> {
    const placed = guesses.flatMap((guess) => place(look, guess, this.#key))
    placed.push(...standing.flatMap((guess) => place(look, guess, this.#key, AS_IT_STANDS)))
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

  /** Whether the picture was read under a map that differs by less, in mark units, and whose pilot is as good. */
  #known({ map, agreement }: Refined, least: number): boolean {
    const { width, height } = this.#whitened.plane
    const corners = [[0, 0], [width, 0], [0, height], [width, height]] as const
    return this.#read.some((known) => known.agreement * MUCH_BETTER > agreement && apart(known.map, map, corners) < least)
  }

  /** The best of these, which are in order: where a look is cheap, those whose carrier has most energy. */
  #best(placed: readonly Placed[], count: number): readonly Placed[] {
    const first = placed.slice(0, LOOKS)
    if (first.length <= count || !first.every(({ map }) => this.#isSmall(map))) return first.slice(0, count)
    const energies = new Map(first.map((each) => [each, energyOf(this.#view(each.map), this.#key)]))
    return first.sort((a, b) => energies.get(b)! - energies.get(a)!).slice(0, count)
  }

  /** The picture under a map to what the pilot is looked for in. */
  #view(map: Matrix): View {
    return viewUnder(this.#luma, multiply(invertScaling(this.#scaling), map))
  }

  /** Whether a picture has few samples under a map: then its carrier is asked sooner than a faint pilot. */
  #isSmall(map: Matrix): boolean {
    const { width, height } = this.#whitened.plane
    const [across, down] = scalesAt(map, width / 2, height / 2)
    return Math.max(width / across, height / down) <= UNITS_PER_SAMPLE * SMALL_SIDE
  }

  /** Sharpen a guess, and read the picture under it if the pilot is there; `least` agreement makes a look worth it. */
  *#follow(placed: Placed, look: Look, step: string, least = this.#isSmall(placed.map) ? FAINT : PILOT): Generator<Found> {
    if (this.#geometries >= MOST_GEOMETRIES) return
    const sign = placed.inverted ? -1 : 1
    const known = { x: look.origin[0], y: look.origin[1], radius: Math.hypot(...look.extent) / 2 }
    const better = (map: Matrix, samples: number): Refined => {
      const refined = refine(this.#whitened, map, this.#key, sign, known, samples)
      return { ...refined, agreement: sign * refined.agreement }
    }
    let refined = better(placed.map, FIRST_SAMPLES)
    const likely = refined.agreement >= LIKELY
    if (refined.agreement < Math.min(least, LIKELY) || this.#known(refined, NEARBY)) return
    for (let n = 0; likely && n < LAST_ROUNDS && (n === 0 || refined.moved > SETTLED); n++) refined = better(refined.map, LAST_SAMPLES)
    const seen = refined.agreement >= PILOT
    if (refined.agreement < least || this.#known(refined, ALIKE)) return
    if (seen) this.#read.push(refined)
    this.#geometries++
    const map = likely ? refined.map : placed.map
    for (const reading of read(this.#view(map), this.#key, sign, refined.agreement >= SURE)) {
      yield { reading, map: multiply(invertScaling(this.#scaling), map), inverted: placed.inverted, step }
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
