/** Find and read a mark: the door to this folder. */

import type { Matrix } from '../../numeric/matrix.ts'
import { luma, type Picture } from '../../picture/picture.ts'
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

/** Find and read the mark, however it lies in the picture. Nothing found says nothing about its origin. */
export function detect(picture: Picture, key: Uint8Array = PUBLIC_KEY): Detection | undefined {
  for (const found of search(luma(picture), checked(key))) return detection(found, picture, key)
  return undefined
}

/** Find every mark: the search goes on to its end, which takes as long as to find nothing. */
export function detectAll(picture: Picture, key: Uint8Array = PUBLIC_KEY): Detection[] {
  const best = new Map<string, Found>()
  for (const found of search(luma(picture), checked(key))) {
    const word = toHex(found.reading.word)
    const known = best.get(word)
    if (!known || known.reading.fit < found.reading.fit) best.set(word, found)
  }
  return Array.from(best.values(), (found) => detection(found, picture, key))
}

function checked(key: Uint8Array): Uint8Array {
  if (key.length !== PUBLIC_KEY.length) throw new RangeError('A key has 32 bytes.')
  return key
}

function detection({ reading, map, inverted, step }: Found, picture: Picture, key: Uint8Array): Detection {
  return {
    payload: reading.word.slice(0, PAYLOAD_BYTES),
    lock: reading.word.slice(PAYLOAD_BYTES),
    falsePositiveProbability: reading.falsePositiveProbability,
    fit: reading.fit,
    geometry: { matrix: map, tile: TILE },
    region: regionOf(reading, map, inverted ? -1 : 1, key, picture.width, picture.height),
    inverted,
    step,
  }
}
