import { expect, test } from 'vitest'
import { kindOf } from '../src/kinds.ts'
import { examinedSize, MOST_PIXELS } from '../src/shrinking.ts'

const bytes = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0))

test.each([
  ['\x89PNG\r\n\x1a\n', 'image/png', 'picture'],
  ['\xff\xd8\xff\xe0', '', 'picture'],
  ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'image/jpeg', 'heic'],
  ['\0\0\0\x20ftypmif1\0\0\0\0mif1avifmiaf', '', 'picture'],
  ['\0\0\0\x1cftypavif\0\0\0\0avifmif1', '', 'picture'],
  ['\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', '', 'film'],
  ['\0\0\0\x14ftypqt  ', '', 'film'],
  ['\x1a\x45\xdf\xa3', '', 'film'],
  ['anything', 'video/mp4', 'film'],
  ['  {"payload": {}}', 'image/png', 'json'],
  ['-----BEGIN CERTIFICATE-----', '', 'pem'],
  ['', '', 'picture'],
])('the first bytes tell the kind: %j %s', (text, type, kind) => {
  expect(kindOf(bytes(text), type)).toBe(kind)
})

test.each([
  [4000, 3000],
  [100, 160_000],
])('%d x %d is examined as it is', (width, height) => {
  expect(examinedSize(width, height)).toEqual({ width, height })
})

test.each([
  [8064, 6048],
  [12_000, 9_000],
  [16_320, 12_240],
])('%d x %d is made smaller, and keeps a pixel for each unit of the mark', (width, height) => {
  const size = examinedSize(width, height)
  const factor = width / size.width
  expect(factor).toBeGreaterThan(1)
  expect(factor).toBeLessThanOrEqual(Math.sqrt(height / 1024) * 1.001)
  expect(size.width * size.height).toBeLessThan(1.05 * MOST_PIXELS)
  expect(size.height / size.width).toBeCloseTo(height / width, 2)
})

test('a long strip has no unit to spare', () => {
  expect(examinedSize(200_000, 1000)).toEqual({ width: 200_000, height: 1000 })
})
