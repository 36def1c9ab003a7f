import { expect, test } from 'vitest'
import { lanczos } from '../src/picture/resample.ts'
import { sample } from '../src/watermark/detection/sampling.ts'

const [width, height] = [70, 53]
const data = Float32Array.from({ length: width * height }, (_, n) => (n * 7919 + ((n * n) % 311)) % 256)

/** Six pixels across and down, in 64ths of a pixel; outside as the nearest inside. */
function defined(x: number, y: number): number {
  const along = (place: number, size: number) => {
    const first = Math.floor(place)
    const part = Math.round((place - first) * 64) / 64
    const taps = [-2, -1, 0, 1, 2, 3].map((k) => ({ at: Math.min(size - 1, Math.max(0, first + k)), weight: lanczos(k - part) }))
    const sum = taps.reduce((total, { weight }) => total + weight, 0)
    return taps.map(({ at, weight }) => ({ at, weight: weight / sum }))
  }
  const across = along(x, width)
  return along(y, height).reduce((sum, row) => sum + row.weight * across.reduce((line, column) => line + column.weight * data[row.at * width + column.at]!, 0), 0)
}

test.each([
  ['upright', [0.71, 0, 0, 0, 0.71, 0, 0, 0, 1]],
  ['turned', [0.5, -0.31, 20, 0.31, 0.5, -9, 0, 0, 1]],
  ['tilted', [0.6, 0.02, 1, 0.01, 0.55, 2, 0.001, 0.002, 1]],
])('a picture under a map, %s', (_, map) => {
  const window = { left: -8, top: -4, columns: 264, rows: 40 }
  const { plane, inside } = sample({ width, height, data }, map, window)
  const [a, b, c, d, e, f, g, h, i] = map as [number, number, number, number, number, number, number, number, number]
  let seen = 0
  for (let row = 0; row < window.rows; row++) {
    for (let column = 0; column < window.columns; column++) {
      const [u, v] = [2 * (window.left + column) + 1, 2 * (window.top + row) + 1]
      const [x, y, w] = [a * u + b * v + c, d * u + e * v + f, g * u + h * v + i]
      const [right, below] = [x / w, y / w]
      const at = row * window.columns + column
      const there = w > 0 && right >= 0 && below >= 0 && right <= width && below <= height
      if (Math.min(Math.abs(right), Math.abs(below), Math.abs(right - width), Math.abs(below - height)) > 1e-4) expect(inside[at]).toBe(there ? 1 : 0)
      if (!there) continue
      seen++
      expect(Math.abs(plane.data[at]! - defined(right - 0.5, below - 0.5))).toBeLessThan(1e-2)
    }
  }
  expect(seen).toBeGreaterThan(300)
})
