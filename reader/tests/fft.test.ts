import { expect, test } from 'vitest'
import { halfSpectrum, transformReal } from '../src/numeric/fft.ts'
import { poison } from './memory.ts'

test.each([
  [8, 4],
  [32, 64],
  [64, 128],
])('the transform of %i x %i numbers is the sum of its definition', (width, height) => {
  const data = Float32Array.from({ length: width * height }, (_, n) => ((n * 7919) % 1009) / 500 - 1)
  const rowInto = (y: number, row: Float32Array) => {
    row.set(data.subarray(y * width, (y + 1) * width))
    return true
  }
  poison()
  const found = halfSpectrum(transformReal(rowInto, width, height))
  for (const [kx, ky] of [
    [0, 0],
    [1, 0],
    [width / 2, 3],
    [3, height - 2],
    [2, 1],
  ] as const) {
    let [re, im] = [0, 0]
    data.forEach((value, n) => {
      const turn = (-2 * Math.PI * ((n % width) * kx)) / width - (2 * Math.PI * (Math.floor(n / width) * ky)) / height
      re += value * Math.cos(turn)
      im += value * Math.sin(turn)
    })
    expect(found.re[ky * found.columns + kx]).toBeCloseTo(re, 3)
    expect(found.im[ky * found.columns + kx]).toBeCloseTo(im, 3)
  }
})
