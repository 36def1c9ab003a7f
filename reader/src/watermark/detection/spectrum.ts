/** The spectrum of a whitened picture, whitened once more, with the picture's middle as origin. */

import { boxMean } from '../../numeric/boxes.ts'
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

/** Bins around a bin that say how strong it would be without a line. */
const NEIGHBOURHOOD = 12
/** Times the mean that single bins count when the mean is taken again. */
const CAP = 3

const powerOfTwo = (size: number) => 2 ** Math.ceil(Math.log2(Math.max(32, size)))
const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

export function spectrumOf(plane: Plane): Spectrum {
  const [width, height] = [powerOfTwo(plane.width), powerOfTwo(plane.height)]
  const [middleX, middleY] = [plane.width >> 1, plane.height >> 1]
  const data = new Float32Array(width * height)
  for (let y = 0; y < plane.height; y++) {
    const row = ((y - middleY + height) % height) * width
    for (let x = 0; x < plane.width; x++) data[row + ((x - middleX + width) % width)] = plane.data[y * plane.width + x]!
  }
  const half = transformReal(data, width, height)
  flatten(half)
  return {
    ...half,
    origin: [middleX + 0.5, middleY + 0.5],
    extent: [plane.width, plane.height],
    sharedAcross: sinc(plane.width / width),
    sharedDown: sinc(plane.height / height),
  }
}

/** Divide every bin by the root mean square around it. */
function flatten(half: HalfSpectrum): void {
  const { re, im, columns, height } = half
  const power = new Float32Array(re.length)
  for (let n = 0; n < power.length; n++) power[n] = re[n]! * re[n]! + im[n]! * im[n]!
  const around = (values: Float32Array) => boxMean(values, columns, height, NEIGHBOURHOOD)
  const first = around(power)
  for (let n = 0; n < power.length; n++) power[n] = Math.min(power[n]!, CAP * first[n]!)
  const second = around(power)
  for (let n = 0; n < power.length; n++) {
    const scale = 1 / Math.sqrt(second[n]! + 1e-20)
    re[n]! *= scale
    im[n]! *= scale
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
