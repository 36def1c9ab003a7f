import { expect, test } from 'vitest'
import { bands, carrierTile, detect, encode, fromHex, pilotTile, PUBLIC_KEY, toHex } from 'image-provenance-reader'

const [PAYLOAD, LOCK] = ['1abcde123405cd5a00000007', 'c0ffee']
const SIDE = 1024

/** A grey ramp with texture, marked by the format's own definition: at 1,024 pixels a unit is a pixel. */
function marked(strength: number, sign = 1, height = SIDE) {
  const carrier = carrierTile(encode(fromHex(PAYLOAD + LOCK)), PUBLIC_KEY)
  const pilot = pilotTile(1, PUBLIC_KEY)
  const data = new Uint8Array(SIDE * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < SIDE; x++) {
      const place = ((y >> 1) % 128) * 128 + ((x >> 1) % 128)
      const cover = 128 + 40 * Math.sin(x / 37) * Math.cos(y / 23) + ((x * 7919 + y * 104729) % 13)
      const value = cover + sign * strength * (2 * carrier[place]! + 0.2 * pilot[place]!)
      data.fill(Math.max(0, Math.min(255, Math.round(value))), 3 * (y * SIDE + x), 3 * (y * SIDE + x) + 3)
    }
  }
  return { width: SIDE, height, data }
}

test('a picture as it was marked', () => {
  const found = detect(marked(1))!
  expect(toHex(found.payload)).toBe(PAYLOAD)
  expect(toHex(found.lock)).toBe(LOCK)
  expect(found.step).toBe('as marked')
  expect(found.falsePositiveProbability).toBeLessThan(1e-9)
  expect(found.region.coverage).toBeGreaterThan(0.9)
})

test('a picture without a mark, and one under another key', () => {
  expect(detect(marked(0, 1, 256))).toBeUndefined()
  expect(detect(marked(1, 1, 256), new Uint8Array(32).fill(7))).toBeUndefined()
})

test('a negative', () => {
  const found = detect(marked(1, -1, 512))!
  expect(toHex(found.payload)).toBe(PAYLOAD)
  expect(found.inverted).toBe(true)
})

test('a key of another length is refused', () => {
  expect(() => detect(marked(0, 1, 4), new Uint8Array(31))).toThrow(RangeError)
  expect(bands(PUBLIC_KEY)).toHaveLength(6)
})
