import { expect, test } from 'vitest'
import { carrierTile, detect, encode, fromHex, pilotTile, PUBLIC_KEY, toHex } from 'image-provenance-reader'

const [PAYLOAD, LOCK] = ['1abcde123405cd5a00000007', 'c0ffee']
/** Four units to a pixel, as in a picture that was marked at 362 pixels and made 2.8 times smaller. */
const SIDE = 128
const TILE_SAMPLES = 128
const STRENGTH = 3
const PILOT = 0.05

/** Noise hides so faint a pilot, but where its phases are known. */
function shrunk(strength: number) {
  const carrier = carrierTile(encode(fromHex(PAYLOAD + LOCK)), PUBLIC_KEY)
  const pilot = pilotTile(1, PUBLIC_KEY)
  const data = new Uint8Array(SIDE * SIDE * 3)
  let noise = 1
  for (let n = 0; n < SIDE * SIDE; n++) {
    const [x, y] = [n % SIDE, Math.floor(n / SIDE)]
    let sum = 0
    for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]] as const) {
      const place = ((2 * y + dy) % TILE_SAMPLES) * TILE_SAMPLES + ((2 * x + dx) % TILE_SAMPLES)
      sum += (2 * carrier[place]! + PILOT * pilot[place]!) / 4
    }
    noise = (48271 * noise) % 2147483647
    const cover = 128 + 40 * Math.sin(x / 37) * Math.cos(y / 23) + 40 * (noise / 2147483647 - 0.5)
    data.fill(Math.round(cover + strength * sum), 3 * n, 3 * n + 3)
  }
  return { width: SIDE, height: SIDE, data }
}

test.each([1, -1])('a whole picture that was resized, its pilot faint, times %d', (sign) => {
  const found = detect(shrunk(STRENGTH * sign))!
  expect(found.step).toBe('resized')
  expect(toHex(found.payload)).toBe(PAYLOAD)
  expect(found.inverted).toBe(sign < 0)
  expect(found.geometry.matrix[0]).toBeCloseTo(0.25, 3)
})

test('the same without a mark', () => {
  expect(detect(shrunk(0))).toBeUndefined()
})
