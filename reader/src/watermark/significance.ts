/** How often chance explains a fit: the bound of docs/false-positives.md. */

import { CODE_BITS, LOCK_BYTES, PAYLOAD_BYTES } from './format/constants.ts'

/** Decodings at most before the detector says none: 19 geometries, 4 weightings. */
export const MOST_GEOMETRIES = 19
export const DECODINGS = 4 * MOST_GEOMETRIES
/** Natural logarithm of the number of words whose check holds. */
const LOG_WORDS = 8 * (PAYLOAD_BYTES + LOCK_BYTES) * Math.LN2
/** A fit that chance gives more often than this is not claimed. */
export const CLAIM_LIMIT = 1e-9
/** Nothing less is ever stated: bugs and broken machines are likelier. */
const LEAST_STATED = 1e-12
const BERRY_ESSEEN = 1.12

/** How well a code word fits the soft bits, in standard deviations of noise. */
export function fitOf(soft: Float32Array, code: Uint8Array): number {
  let sum = 0
  let square = 0
  for (let n = 0; n < CODE_BITS; n++) {
    sum += code[n] ? -soft[n]! : soft[n]!
    square += soft[n]! * soft[n]!
  }
  return square > 0 ? sum / Math.sqrt(square) : 0
}

/** At most how often an unmarked picture would be claimed with so good a fit. */
export function falsePositiveProbability(soft: Float32Array, fit: number): number {
  const log = Math.log(DECODINGS) + LOG_WORDS + logChance(soft, fit)
  return Math.min(1, Math.max(LEAST_STATED, Math.exp(log)))
}

/** Logarithm of a bound of the probability that random signs of these soft bits fit one word so well. */
export function logChance(soft: Float32Array, fit: number): number {
  if (fit <= 0) return 0
  const norm = Math.sqrt(soft.reduce((sum, value) => sum + value * value, 0))
  const sizes = Float64Array.from(soft, (value) => Math.abs(value) / norm)
  const most = sizes.reduce((sum, size) => sum + size, 0)
  if (fit >= most) return -CODE_BITS * Math.LN2
  const tilt = tiltFor(sizes, fit)
  let [cumulant, variance, third] = [0, 0, 0]
  for (const size of sizes) {
    const lean = Math.tanh(tilt * size)
    cumulant += tilt * size + Math.log1p(Math.exp(-2 * tilt * size)) - Math.LN2
    variance += size * size * (1 - lean * lean)
    third += size ** 3 * (1 - lean ** 4)
  }
  const deviation = Math.sqrt(variance)
  if (!(deviation > 0)) return -CODE_BITS * Math.LN2
  const share = 1 / (tilt * deviation * Math.sqrt(2 * Math.PI)) + (BERRY_ESSEEN * third) / deviation ** 3
  return Math.min(0, cumulant - tilt * fit + Math.min(0, Math.log(share)))
}

/** The tilt under which the sum of the signed sizes has this mean. */
function tiltFor(sizes: Float64Array, mean: number): number {
  let [low, high] = [0, 1]
  const tilted = (tilt: number) => sizes.reduce((sum, size) => sum + size * Math.tanh(tilt * size), 0)
  while (tilted(high) < mean && high < 1e6) high *= 2
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (tilted(middle) < mean) low = middle
    else high = middle
  }
  return (low + high) / 2
}
