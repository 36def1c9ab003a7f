/** The spectrum of a whitened picture, whitened once more, with the picture's middle as origin. */

import { transformReal, type HalfSpectrum } from '../../numeric/fft.ts'
import type { Plane } from '../../picture/picture.ts'

export interface Spectrum extends HalfSpectrum {
  /** The picture's place that phases refer to, in pixels from its corner. */
  readonly origin: readonly [number, number]
  /** Pixels of the picture across and down. */
  readonly extent: readonly [number, number]
  /** What neighbouring bins have in common across and down, as the picture does not fill the transform. */
  readonly sharedAcross: number
  readonly sharedDown: number
}

/** Bins along a side of the blocks that say how strong a bin would be without a line. */
const BLOCK_BINS = 16
/** Times the mean that single bins count when the mean is taken again. */
const CAP = 3

const powerOfTwo = (size: number) => 2 ** Math.ceil(Math.log2(Math.max(32, size)))
const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

/** A part of a plane, in pixels. */
export interface Part {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The spectrum of a part of a whitened picture. */
export function spectrumOf(plane: Plane, part: Part): Spectrum {
  const [width, height] = [powerOfTwo(part.width), powerOfTwo(part.height)]
  const [middleX, middleY] = [part.width >> 1, part.height >> 1]
  const data = new Float32Array(width * height)
  for (let y = 0; y < part.height; y++) {
    const row = ((y - middleY + height) % height) * width
    const from = (part.top + y) * plane.width + part.left
    data.set(plane.data.subarray(from + middleX, from + part.width), row)
    data.set(plane.data.subarray(from, from + middleX), row + width - middleX)
  }
  const half = transformReal(data, width, height)
  flatten(half)
  return {
    ...half,
    origin: [part.left + middleX + 0.5, part.top + middleY + 0.5],
    extent: [part.width, part.height],
    sharedAcross: sinc(part.width / width),
    sharedDown: sinc(part.height / height),
  }
}

/** Divide every bin by the root mean square of its block, which single strong bins hardly raise. */
function flatten(half: HalfSpectrum): void {
  const across = Math.ceil(half.columns / BLOCK_BINS)
  const first = blockMeans(half, across, undefined)
  const second = blockMeans(half, across, first)
  const scale = second.map((mean) => 1 / Math.sqrt(mean + 1e-20))
  const { re, im, columns, height } = half
  for (let y = 0; y < height; y++) {
    const blocks = Math.floor(y / BLOCK_BINS) * across
    for (let x = 0, at = y * columns; x < columns; x++, at++) {
      const factor = scale[blocks + Math.floor(x / BLOCK_BINS)]!
      re[at]! *= factor
      im[at]! *= factor
    }
  }
}

/** Mean power of each block; bins count no more than `CAP` times a mean that is known already. */
function blockMeans({ re, im, columns, height }: HalfSpectrum, across: number, known: Float32Array | undefined): Float32Array {
  const sums = new Float32Array(across * Math.ceil(height / BLOCK_BINS))
  const counts = new Float32Array(sums.length)
  for (let y = 0; y < height; y++) {
    const blocks = Math.floor(y / BLOCK_BINS) * across
    for (let left = 0; left < columns; left += BLOCK_BINS) {
      const block = blocks + left / BLOCK_BINS
      const most = known ? CAP * known[block]! : Infinity
      const end = Math.min(columns, left + BLOCK_BINS) + y * columns
      let sum = 0
      for (let at = y * columns + left; at < end; at++) {
        const power = re[at]! * re[at]! + im[at]! * im[at]!
        sum += power < most ? power : most
      }
      sums[block]! += sum
      counts[block]! += end - left - y * columns
    }
  }
  return sums.map((sum, n) => sum / counts[n]!)
}

/** The spectrum at a frequency in cycles a pixel, between bins, into `out` as real and imaginary part. */
export function sampleAt(spectrum: Spectrum, across: number, down: number, out: Float64Array): void {
  const { re, im, columns } = spectrum
  const turned = across < 0
  const fx = (turned ? -across : across) * spectrum.width
  const fy = (turned ? -down : down) * spectrum.height
  const x = Math.floor(fx)
  const y = Math.floor(fy)
  out[0] = out[1] = 0
  if (x + 1 >= columns) return
  const tx = fx - x
  const ty = fy - y
  const wrap = spectrum.height - 1
  const top = (y & wrap) * columns + x
  const below = ((y + 1) & wrap) * columns + x
  const noiseX = 1 - 2 * tx * (1 - tx) * (1 - spectrum.sharedAcross)
  const noiseY = 1 - 2 * ty * (1 - ty) * (1 - spectrum.sharedDown)
  const scale = 1 / Math.sqrt(noiseX * noiseY)
  const above = scale * (1 - ty)
  const under = scale * ty
  out[0] = above * ((1 - tx) * re[top]! + tx * re[top + 1]!) + under * ((1 - tx) * re[below]! + tx * re[below + 1]!)
  const imaginary = above * ((1 - tx) * im[top]! + tx * im[top + 1]!) + under * ((1 - tx) * im[below]! + tx * im[below + 1]!)
  out[1] = turned ? -imaginary : imaginary
}
