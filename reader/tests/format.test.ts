import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, test } from 'vitest'
import { bands } from '../src/watermark/format/carrier.ts'
import { crc16 } from '../src/watermark/format/crc.ts'
import { pixelsPerUnit } from '../src/watermark/format/layout.ts'
import { deriveLock } from '../src/watermark/format/lock.ts'
import { createdAt, fromHex, packPayload, toHex, unpackPayload, type Payload } from '../src/watermark/format/payload.ts'
import { orbits, pilot } from '../src/watermark/format/pilot.ts'
import { ascii } from '../src/watermark/format/streams.ts'
import { carrierTile, pilotTile } from '../src/watermark/format/tile.ts'
import { checkedWord, encode } from '../src/watermark/polar/code.ts'
import { informationPositions } from '../src/watermark/polar/construction.ts'
import { decodeList } from '../src/watermark/polar/list.ts'
import { cases, numbers, vector } from './vectors.ts'

const packed = (bits: ArrayLike<number>) => {
  const out = new Uint8Array(bits.length / 8)
  for (let n = 0; n < bits.length; n++) out[n >> 3]! |= bits[n]! << (7 - (n & 7))
  return out
}
const bigEndian16 = (values: ArrayLike<number>) => {
  const view = new DataView(new ArrayBuffer(2 * values.length))
  for (let n = 0; n < values.length; n++) view.setInt16(2 * n, values[n]!)
  return new Uint8Array(view.buffer)
}
const digest = (bytes: Uint8Array) => toHex(sha256(bytes))

test.each(cases('payload/payload.json'))('payload $payload', ({ payload, created, ...rest }) => {
  const fields = rest as Payload
  expect(toHex(packPayload(fields))).toBe(payload)
  expect(unpackPayload(fromHex(payload))).toEqual(fields)
  expect(createdAt(fields).getTime()).toBe(Date.parse(created))
})

test('a field that does not fit is refused', () => {
  expect(() => packPayload({ version: 16, producer: 0, model: 0, minute: 0, serial: 0 })).toThrow(RangeError)
})

test('the check of the catalogue', () => {
  expect(crc16(ascii('123456789'))).toBe(0x29b1)
})

describe('code', () => {
  const document = vector('code/code.json')
  test('positions', () => {
    expect([...informationPositions()]).toEqual(numbers(document.information_positions))
  })
  test.each(cases('code/code.json'))('word $payload $lock', ({ payload, lock, check, code }) => {
    const word = fromHex(payload + lock)
    expect(crc16(word).toString(16).padStart(4, '0')).toBe(check)
    const bits = encode(word)
    expect(toHex(packed(bits))).toBe(code)
    expect(checkedWord(bits)).toEqual(word)
    const soft = Float32Array.from(bits, (bit) => 1 - 2 * bit)
    expect(decodeList(soft, 4)[0]).toEqual(bits)
  })
  test.each(cases('code/lock.json'))('lock $lock', ({ key, payload, lock }) => {
    expect(toHex(deriveLock(fromHex(key), fromHex(payload)))).toBe(lock)
  })
})

test.each(cases('carrier/carrier.json'))('carrier of key $key', ({ key, bands: frozen }) => {
  const found = bands(fromHex(key)).map((band) => ({
    level: band.level,
    orientation: band.orientation,
    side: band.side,
    bits_sha256: digest(bigEndian16(band.bits)),
    chips_sha256: digest(packed(Array.from(band.chips, (chip) => (chip < 0 ? 1 : 0)))),
    first_bits: band.bits.slice(0, 16).join(' '),
    first_chips: Array.from(band.chips.slice(0, 16), (chip) => (chip < 0 ? '-' : '+')).join(''),
  }))
  expect(found).toEqual(frozen.map((band: { filters?: string }) => ({ ...band, filters: undefined })))
})

test.each(cases('pilot/pilot.json'))('pilot of key $key', ({ key, orbits: frozen, lines, phases }) => {
  const { u, v, phase } = pilot(fromHex(key))
  expect(orbits(fromHex(key)).join(' ')).toBe(frozen)
  expect(Array.from(u, (x, n) => `${x},${v[n]}`).join(' ')).toBe(lines)
  expect(Array.from(phase, (turns) => turns * 2 ** 32).join(' ')).toBe(phases)
})

describe('tiles', () => {
  const steps: number = vector('watermark/tiles.json').steps_per_grey_level
  const integers = (tile: Float64Array) => Int16Array.from(tile, (value) => Math.floor(value * steps + 0.5))
  test.each(cases('watermark/tiles.json', 'carriers'))('carrier of $payload', ({ key, payload, lock, int16_sha256: frozen, first }) => {
    const found = integers(carrierTile(encode(fromHex(payload + lock)), fromHex(key)))
    expect(found.slice(0, 16).join(' ')).toBe(first)
    expect(digest(bigEndian16(found))).toBe(frozen)
  })
  test.each(cases('watermark/tiles.json', 'pilots'))('pilot of key $key', ({ key, amplitude, int16_sha256: frozen }) => {
    expect(digest(bigEndian16(integers(pilotTile(amplitude, fromHex(key)))))).toBe(frozen)
  })
})

test.each(cases('watermark/layout.json'))('layout of $width x $height', ({ width, height, ...frozen }) => {
  expect(pixelsPerUnit(width, height).toFixed(9)).toBe(frozen.pixels_per_unit)
})
