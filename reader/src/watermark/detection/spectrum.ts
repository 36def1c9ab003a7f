/** The spectrum of a whitened picture, whitened once more, with the picture's middle as origin. */

import { halfSpectrum, transformReal, type HalfSpectrum } from '../../numeric/fft.ts'
import { kernels } from '../../numeric/kernels.ts'
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

/** Times its block's mean power that a single bin counts, when it is said how strong a bin would be without a line. */
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
  const rowInto = (y: number, row: Float32Array) => {
    const from = y < part.height - middleY ? y + middleY : y - height + middleY
    if (from < 0 || from >= part.height) return false
    const at = (part.top + from) * plane.width + part.left
    row.fill(0, part.width - middleX, width - middleX)
    row.set(plane.data.subarray(at + middleX, at + part.width))
    row.set(plane.data.subarray(at, at + middleX), width - middleX)
    return true
  }
  const found = transformReal(rowInto, width, height)
  kernels().flatten(found.re, found.im, 4 * found.pitch, found.columns, height, CAP)
  const half = halfSpectrum(found)
  return {
    ...half,
    origin: [part.left + middleX + 0.5, part.top + middleY + 0.5],
    extent: [part.width, part.height],
    sharedAcross: sinc(part.width / width),
    sharedDown: sinc(part.height / height),
  }
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
