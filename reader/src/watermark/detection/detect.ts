/** Find and read a mark: the door to this folder. */

import type { Matrix } from '../../numeric/matrix.ts'
import { Luma, type Picture } from '../../picture/picture.ts'
import { PAYLOAD_BYTES, PUBLIC_KEY, TILE } from '../format/constants.ts'
import { toHex } from '../format/payload.ts'
import { regionOf, type Region } from './region.ts'
import { search, type Found } from './search.ts'

export interface Geometry {
  /** From the mark to the picture, in homogeneous coordinates, row by row; up to whole tiles. */
  readonly matrix: Matrix
  readonly tile: number
}

export interface Detection {
  readonly payload: Uint8Array
  /** Three bytes that open what was sealed with the picture: keep them out of logs and reports. */
  readonly lock: Uint8Array
  /** At most how often an unmarked picture would be claimed with so good a fit. */
  readonly falsePositiveProbability: number
  readonly fit: number
  readonly geometry: Geometry
  readonly region: Region
  /** Whether the picture is a negative. */
  readonly inverted: boolean
  /** The step of the search that found it. */
  readonly step: string
}

/** How a search goes on: who looks for a long time tells how far it is, and can be stopped between steps. */
export interface Watch {
  /** `all`: every mark, and not only the first. */
  readonly all?: boolean
  readonly progress?: (looking: string, share: number) => void
  readonly signal?: AbortSignal
}

/** Find and read the mark, however it lies in the picture. Nothing found says nothing about its origin. */
export function detect(picture: Picture, key: Uint8Array = PUBLIC_KEY): Detection | undefined {
  for (const found of search(new Luma(picture), checkedKey(key))) if ('reading' in found) return detectionOf(found, picture, key)
  return undefined
}

/** Find every mark: the search goes on to its end, which takes as long as to find nothing. */
export function detectAll(picture: Picture, key: Uint8Array = PUBLIC_KEY): Detection[] {
  const best = new Best()
  for (const found of search(new Luma(picture), checkedKey(key))) if ('reading' in found) best.add(found)
  return best.found().map((found) => detectionOf(found, picture, key))
}

/** The same step by step, so that whoever waits can be told, and can give up: then the signal's reason is thrown. */
export async function detectWatched(picture: Picture, key: Uint8Array, watch: Watch): Promise<Detection[]> {
  const best = new Best()
  for (const found of search(new Luma(picture), checkedKey(key))) {
    if ('reading' in found) best.add(found)
    else watch.progress?.(found.looking, found.share)
    if ('reading' in found && !watch.all) break
    await breath()
    watch.signal?.throwIfAborted()
  }
  return best.found().map((found) => detectionOf(found, picture, key))
}

/** Let messages and timers run. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

/** Of each word the find that fits best. */
class Best {
  readonly #found = new Map<string, Found>()

  add(found: Found): void {
    const word = toHex(found.reading.word)
    const known = this.#found.get(word)
    if (!known || known.reading.fit < found.reading.fit) this.#found.set(word, found)
  }

  found(): Found[] {
    return Array.from(this.#found.values())
  }
}

export function checkedKey(key: Uint8Array): Uint8Array {
  if (key.length !== PUBLIC_KEY.length) throw new RangeError('A key has 32 bytes.')
  return key
}

/** What is told of a find in one of `pictures` that were searched: each is one more chance to be wrong. */
export function detectionOf({ reading, map, inverted, step }: Found, picture: Picture, key: Uint8Array, pictures = 1): Detection {
  return {
    payload: reading.word.slice(0, PAYLOAD_BYTES),
    lock: reading.word.slice(PAYLOAD_BYTES),
    falsePositiveProbability: pictures * reading.falsePositiveProbability,
    fit: reading.fit,
    geometry: { matrix: map, tile: TILE },
    region: regionOf(reading, map, inverted ? -1 : 1, key, picture.width, picture.height),
    inverted,
    step,
  }
}
