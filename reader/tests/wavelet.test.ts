import { expect, test } from 'vitest'
import { analyse, inverse } from '../src/watermark/wavelet.ts'

test('the transform gives back the coefficients of a tile', () => {
  const side = 32
  const random = (seed: number) =>
    Float64Array.from({ length: side * side }, (_, n) => ((n * 7919 + seed * 104729) % 1009) / 500 - 1)
  const details = [1, 2, 3].map(random)
  const tile = inverse(random(4), details, side)
  const { details: found, low } = analyse(Float32Array.from(tile), 2 * side, 2 * side)
  const inner = (values: ArrayLike<number>) => {
    const rows = []
    for (let y = 4; y < side - 4; y++) for (let x = 4; x < side - 4; x++) rows.push(values[y * side + x]!)
    return rows
  }
  const same = (a: number[], b: number[]) => {
    a.forEach((value, n) => {
      expect(value).toBeCloseTo(b[n]!, 4)
    })
  }
  found.forEach((band, n) => {
    same(inner(band.values), inner(details[n]!))
  })
  same(inner(low), inner(random(4)))
})
