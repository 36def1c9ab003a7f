/** What files say of themselves before anything is decoded. */

import { describe, expect, test } from 'vitest'
import { decodePicture } from 'image-provenance-reader/node'
import { joined, toUtf8 } from '../src/bytes/text.ts'
import { otherFormat, sizeOf } from '../src/node/sizes.ts'

const word = (value: number) => Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const box = (type: string, ...parts: Uint8Array[]) => {
  const body = joined(...parts)
  return joined(word(8 + body.length), latin(type), body)
}
const full = (type: string, flags: number, ...parts: Uint8Array[]) => box(type, word(flags), ...parts)
const ispe = (width: number, height: number) => full('ispe', 0, word(width), word(height))
/** Item 1 is a thumbnail with the first property, item 2 the picture with the second and third. */
const AVIF = joined(
  box('ftyp', latin('avif'), word(0), latin('mif1miaf')),
  full(
    'meta',
    0,
    full('pitm', 0, Uint8Array.of(0, 2)),
    box('iprp', box('ipco', ispe(32, 16), box('pixi', word(0)), ispe(640, 427)), full('ipma', 0, word(2), Uint8Array.of(0, 1, 1, 1, 0, 2, 2, 2, 0x83))),
  ),
)

describe('the size of an AVIF', () => {
  test('is that of its primary item', () => {
    expect(sizeOf(AVIF)).toEqual({ format: 'avif', width: 640, height: 427 })
  })

  test('cut off anywhere, it is not known, and nothing fails', () => {
    for (let length = 0; length < AVIF.length; length++) expect(sizeOf(AVIF.subarray(0, length))).toBeUndefined()
  })

  test('changed anywhere, it is read or not known', () => {
    for (let at = 0; at < AVIF.length; at++) expect(['avif', undefined]).toContain(sizeOf(AVIF.with(at, 255))?.format)
  })
})

test.each([
  ['GIF', 'GIF89a'],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  ['BMP', 'BM\0\0\0\0'],
  ['PSD', '8BPS'],
  ['PDF', '%PDF-1.7'],
  ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
  ['MP4', '\0\0\0\x14ftypisom\0\0\x02\0iso2'],
])('a file in another format is refused by name: %s', async (name, head) => {
  expect(otherFormat(latin(head))).toBe(name)
  await expect(decodePicture(latin(head))).rejects.toMatchObject({ code: 'input.unsupported', message: expect.stringContaining(`is ${name}.`) as string })
})

test('a JPEG in colours for printing is refused by name', async () => {
  const frame = (channels: number) => Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 8 + 3 * channels, 8, 0, 16, 0, 16, channels)
  await expect(decodePicture(frame(4))).rejects.toMatchObject({ code: 'input.unsupported', message: expect.stringContaining('CMYK') as string })
  await expect(decodePicture(frame(3))).rejects.toMatchObject({ code: 'input.corrupt' })
})

test('what is nothing known is said to be none of those that are read', async () => {
  await expect(decodePicture(toUtf8('words'))).rejects.toMatchObject({ message: 'This is not a PNG, JPEG, WebP or AVIF file.' })
})
