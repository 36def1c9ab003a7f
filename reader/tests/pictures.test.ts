import { sha256 } from '@noble/hashes/sha2.js'
import { expect, test } from 'vitest'
import { detect, fromHex, toHex } from 'image-provenance-reader'
import { decodePicture } from 'image-provenance-reader/node'
import { apply, invert } from '../src/numeric/matrix.ts'
import { area, clip, type Point } from '../src/numeric/polygons.ts'
import { cases, vectorBytes } from './vectors.ts'

/** Mark units that a place may be off, and share of the picture that the region may be. */
const [NEAR, SHARE] = [1, 0.12]

/** How far the mark is seen from where it lies, at the corners of its part, up to whole tiles. */
function misplaced(found: readonly number[], matrix: number[][], corners: Point[]): number {
  const off = corners.map(([x, y]) => {
    const [u, v] = apply(invert(found), x, y)
    const [p, q] = apply(invert(matrix.flat()), x, y)
    return [u - p, v - q] as const
  })
  const tiles = (n: 0 | 1) => 256 * Math.round(off.reduce((sum, each) => sum + each[n], 0) / off.length / 256)
  return Math.max(...off.map(([du, dv]) => Math.hypot(du - tiles(0), dv - tiles(1))))
}

test.each(cases('pictures/pictures.json'))('$name', async ({ file, sha256: digest, key, expected, ...size }) => {
  const bytes = vectorBytes(`pictures/${file}`)
  expect(toHex(sha256(bytes))).toBe(digest)
  const picture = await decodePicture(bytes)
  expect([picture.width, picture.height]).toEqual([size.width, size.height])
  const found = detect(picture, fromHex(key))
  if (expected === null) {
    expect(found).toBeUndefined()
    return
  }
  expect(toHex(found!.payload)).toBe(expected.payload)
  expect(toHex(found!.lock)).toBe(expected.lock)
  expect(found!.inverted).toBe(expected.inverted)
  expect(misplaced(found!.geometry.matrix, expected.matrix, expected.corners)).toBeLessThan(NEAR)
  const marked = Math.abs(area(clip(expected.corners, picture.width, picture.height))) / (picture.width * picture.height)
  expect(Math.abs(found!.region.coverage - marked)).toBeLessThan(SHARE)
})
