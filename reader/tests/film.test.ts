/** Films: which frames are looked at, their sum, what of it is searched, and one word from many frames. */

import { describe, expect, test } from 'vitest'
import { carrierTile, chooseFrames, countFrames, detect, detectFrames, encode, fromHex, moment, pilotTile, pixelsPerUnit, PUBLIC_KEY, sumFrames, toHex, viewsOf, type Picture } from 'image-provenance-reader'
import { cases, numbers } from './vectors.ts'

const [PAYLOAD, LOCK] = ['1abcde123405cd5a00000007', 'c0ffee']
const SIDE = 256
const FRAMES = 16
/** Grey levels: alone, no frame can be read. */
const NOISE = 36

test.each(cases('film/choice.json'))('$name: the frames with most bytes, from all parts', ({ seconds, width, height, bytes, count, expected }) => {
  expect(countFrames(seconds, width, height)).toBe(count)
  expect(chooseFrames(numbers(bytes), count)).toEqual(numbers(expected))
})

test.each(cases('film/sum.json'))('$name: a sum of frames', ({ width, height, worths, frames, expected }) => {
  const pictures = frames.map((frame: string) => ({ width, height, data: fromHex(frame) }))
  expect(toHex(Uint8Array.from(sumFrames(pictures, worths).data))).toBe(expected)
})

describe('what is searched', () => {
  const empty = (count: number) => Array.from({ length: count }, () => ({ width: 8, height: 8, data: new Uint8Array(64) }))
  const ranges = (count: number, worths: number[]) => viewsOf(empty(count), worths).map(({ kind, from, to }) => `${kind} ${from}-${to}`)

  test('all together, the best of each quarter, halves and quarters of eight groups', () => {
    const worths = Array.from({ length: 19 }, (_, n) => (n % 5 === 1 ? 9 : 1))
    expect(ranges(19, worths)).toEqual([
      'together 0-19', 'alone 1-2', 'alone 6-7', 'alone 11-12', 'alone 16-17',
      'half 0-9', 'half 9-19', 'quarter 0-4', 'quarter 4-9', 'quarter 9-14', 'quarter 14-19',
    ])
  })

  test('no parts of what is too short', () => {
    expect(ranges(3, [1, 1, 1])).toEqual(['together 0-3', 'alone 0-1', 'alone 1-2', 'alone 2-3'])
  })
})

/** Noise that is the same in every run, nearly normal. */
function* noise(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    let sum = 0
    for (let n = 0; n < 4; n++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      sum += state / 2 ** 32 - 0.5
    }
    yield sum * Math.sqrt(3)
  }
}

/** Frames of a soft scene that moves, under noise, in which the mark stays where it is; marked from frame `first` on. */
function film(first: number): Picture[] {
  const carrier = carrierTile(encode(fromHex(PAYLOAD + LOCK)), PUBLIC_KEY)
  const pilot = pilotTile(1, PUBLIC_KEY)
  const scale = 2 * pixelsPerUnit(SIDE, SIDE)
  const sample = (n: number) => Math.floor((n + 0.5) / scale) % 128
  const chance = noise(5)
  return Array.from({ length: FRAMES }, (_, n) => {
    const data = Uint8Array.from({ length: SIDE * SIDE }, (_, at) => {
      const [x, y] = [at % SIDE, Math.floor(at / SIDE)]
      const place = sample(y) * 128 + sample(x)
      const scene = 128 + 20 * (Math.sin((x + 2 * n) / 23) + Math.sin((y + x / 2 + n) / 31))
      const mark = n < first ? 0 : 2 * carrier[place]! + 0.4 * pilot[place]!
      return Math.max(0, Math.min(255, Math.round(scene + mark + NOISE * chance.next().value)))
    })
    return { width: SIDE, height: SIDE, data }
  })
}

describe('one word from many frames', () => {
  test('that none of them says alone', () => {
    const frames = film(0)
    expect([frames[3]!, frames[9]!].map((frame) => detect(frame))).toEqual([undefined, undefined])
    const found = detectFrames(frames)!
    expect([toHex(found.payload), toHex(found.lock), found.view]).toEqual([PAYLOAD, LOCK, 'together'])
    expect(found.falsePositiveProbability).toBeLessThanOrEqual(1e-9)
    expect(found.runs.at(-1)!.last - found.runs[0]!.first).toBeGreaterThan(FRAMES / 2)
  })

  test('which are a part of the film', () => {
    const frames = film(FRAMES / 2)
    const found = detectFrames(frames)!
    expect(toHex(found.payload)).toBe(PAYLOAD)
    expect(found.runs[0]!.first).toBeGreaterThanOrEqual(FRAMES / 2)
  })

  test('and none where there is none', () => {
    expect(detectFrames(film(FRAMES).slice(0, 7))).toBeUndefined()
    expect(detectFrames([])).toBeUndefined()
  })

  test('what does not belong together is refused', () => {
    const frames = film(FRAMES).slice(0, 2)
    expect(() => detectFrames(frames, [1])).toThrow(RangeError)
    expect(() => detectFrames(frames, [1, NaN])).toThrow(RangeError)
    expect(() => detectFrames([frames[0]!, { width: 128, height: 512, data: frames[1]!.data }])).toThrow(RangeError)
  })
})

test.each([
  [0, '0:00.0'],
  [3.64, '0:03.6'],
  [59.96, '1:00.0'],
  [3725.04, '1:02:05.0'],
])('the moment %d', (seconds, shown) => {
  expect(moment(seconds)).toBe(shown)
})
