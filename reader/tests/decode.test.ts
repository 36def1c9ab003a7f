/** Pictures that a file holds in part: half a picture must not pass for one without a mark. */

import encodeJpeg, { init } from '@jsquash/jpeg/encode.js'
import { verify } from 'image-provenance-reader'
import { decodePicture } from 'image-provenance-reader/node'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { vectorBytes } from './vectors.ts'

const ENCODER = new URL('../node_modules/@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm', import.meta.url)
let whole: Uint8Array

beforeAll(async () => {
  await init(await WebAssembly.compile(readFileSync(ENCODER)))
  const picture = await decodePicture(vectorBytes('pictures/unmarked.png'))
  whole = new Uint8Array(await encodeJpeg(picture as ImageData))
})

describe('a JPEG', () => {
  test.each([0.1, 0.5, 0.98])('that ends after %d of its bytes is damaged, and no picture without a mark', async (share) => {
    const part = whole.slice(0, Math.floor(share * whole.length))
    const [{ state, error }, other] = await Promise.all([verify(part, { decode: decodePicture }), decodePicture(whole)])
    expect({ state, code: error?.code }).toEqual({ state: null, code: 'input.corrupt' })
    expect(other.data.length).toBeGreaterThan(0)
  })

  test('that lacks the marker of its end alone, or has more behind it, is whole', async () => {
    const { data } = await decodePicture(whole)
    for (const bytes of [whole.slice(0, -2), Uint8Array.of(...whole, 1, 2, 3)]) {
      expect(Buffer.from((await decodePicture(bytes)).data).equals(Buffer.from(data))).toBe(true)
    }
  })
})
