import { expect, test } from 'vitest'
import { Luma, rowsOf, type Plane } from '../src/picture/picture.ts'
import { FINE, lanczos, PLAIN, resample } from '../src/picture/resample.ts'
import { poison } from './memory.ts'

const noise = (count: number) => Uint8Array.from({ length: count }, (_, n) => (n * 7919 + ((n * n) % 311)) % 256)

/** A plane at another size as it is defined, each sample by itself. */
function defined({ width, height, data }: Plane, columns: number, rows: number, reach: number, weight: (distance: number) => number): number[] {
  const along = (count: number, size: number) =>
    Array.from({ length: count }, (_, n) => {
      const [spread, place] = [Math.max(1, size / count), ((n + 0.5) * size) / count - 0.5]
      const width = Math.min(size, 2 * Math.ceil(reach * spread) + 1)
      const from = Math.min(Math.max(Math.round(place - (width - 1) / 2), 0), size - width)
      const weights = Array.from({ length: size }, (_, p) => (p >= from && p < from + width ? weight((p - place) / spread) : 0))
      const sum = weights.reduce((total, each) => total + each, 0)
      return weights.map((each) => each / sum)
    })
  const beside = along(columns, width)
  return along(rows, height).flatMap((down) => {
    const mixed = Array.from({ length: width }, (_, x) => down.reduce((sum, each, y) => sum + (each ? each * data[y * width + x]! : 0), 0))
    return beside.map((each) => each.reduce((sum, share, x) => sum + share * mixed[x]!, 0))
  })
}

test.each([
  [5, 6, 3, 3, 1],
  [61, 47, 25, 40, 3],
  [33, 90, 40, 17, 4],
  [526, 40, 457, 35, 1],
])('a picture of %i x %i at %i x %i, of %i bytes a pixel', (width, height, columns, rows, step) => {
  const luma = new Luma({ width, height, data: noise(width * height * step) })
  const axes = [{ count: columns, step: width / columns, first: 0 }, { count: rows, step: height / rows, first: 0 }] as const
  const plane = luma.whole()
  for (const kernel of [FINE, PLAIN]) {
    const expected = defined(plane, columns, rows, kernel.reach, kernel === FINE ? lanczos : (distance) => Math.max(0, 1 - Math.abs(distance)))
    for (const source of [luma, rowsOf(plane)]) {
      poison()
      const off = resample(source, ...axes, kernel).data.map((value, n) => value - expected[n]!)
      expect(off.every((each) => Math.abs(each) < 1e-3)).toBe(true)
    }
  }
})

test('luma is that of every byte, however many a pixel has', () => {
  const data = noise(4 * 37)
  const grey = new Luma({ width: 37, height: 4, data }).whole()
  grey.data.forEach((value, n) => {
    expect(value).toBeCloseTo(data[n]!, 4)
  })
  const colours = new Luma({ width: 37, height: 1, data }).whole()
  colours.data.forEach((value, n) => {
    expect(value).toBeCloseTo(0.299 * data[4 * n]! + 0.587 * data[4 * n + 1]! + 0.114 * data[4 * n + 2]!, 4)
  })
})
