/** A whole picture that was made smaller or larger: its tile still begins at the corner, so that only the scale is unknown. */

import { linear } from '../../numeric/matrix.ts'
import { LINES, TILE } from '../format/constants.ts'
import { pilot } from '../format/pilot.ts'
import { HIGHEST } from './maps.ts'
import { MOST_STRENGTH, type Placed } from './phases.ts'
import { sampleAt, type Spectrum } from './spectrum.ts'

/** Pixels per unit that are looked for. */
const SCALES = [0.2, 3.4] as const
/** Turns by which the phase of the finest line differs from one scale to the next. */
const STEP = 0.2
/** Cycles per tile of the finest line. */
const FINEST = 43
/** Standard deviations under which a scale is no guess: among all of them chance gives 4. */
const LEAST_AGREEMENT = 4.5

/** The scales under which the phases of all lines agree best, best first. */
export function resized(spectrum: Spectrum, key: Uint8Array, count: number): Placed[] {
  const step = (STEP * TILE) / (FINEST * Math.max(...spectrum.origin))
  const scales: number[] = []
  for (let scale: number = SCALES[0]; scale < SCALES[1]; scale *= 1 + step * scale) scales.push(scale)
  const sums = scales.map((scale) => agreementAt(spectrum, scale, key))
  const size = (n: number) => Math.abs(sums[n] ?? 0)
  const found = scales.flatMap((scale, n): Placed[] => {
    if (size(n) < LEAST_AGREEMENT || size(n) < Math.max(size(n - 1), size(n + 1))) return []
    const sharp = sharpened(spectrum, key, scale, step * scale, Math.sign(sums[n]!))
    return [{ map: linear([sharp, 0, 0, sharp]), agreement: size(n), inverted: sums[n]! < 0 }]
  })
  return found.sort((one, other) => other.agreement - one.agreement).slice(0, count)
}

/** The best scale near one that is known to this share of itself. */
function sharpened(spectrum: Spectrum, key: Uint8Array, known: number, share: number, sign: number): number {
  let scale = known
  for (let step = share / 2; step > share / 100; step /= 2) {
    const agreement = (factor: number) => sign * agreementAt(spectrum, scale * factor, key)
    scale *= [1 - step, 1, 1 + step].reduce((best, factor) => (agreement(factor) > agreement(best) ? factor : best))
  }
  return scale
}

const value = new Float64Array(2)

/** The lines' strengths in phase when the tile begins at the corner: standard normal without a pilot. */
function agreementAt(spectrum: Spectrum, scale: number, key: Uint8Array): number {
  const { u, v, phase } = pilot(key)
  const unit = scale * TILE
  const [x, y] = spectrum.origin
  let [sum, seen] = [0, 0]
  for (let k = 0; k < LINES; k++) {
    const [across, down] = [u[k]! / unit, v[k]! / unit]
    if (across > HIGHEST || Math.abs(down) > HIGHEST) continue
    sampleAt(spectrum, across, down, value)
    const size = Math.sqrt(value[0]! * value[0]! + value[1]! * value[1]!)
    const angle = 2 * Math.PI * (phase[k]! + across * x + down * y)
    const part = value[0]! * Math.cos(angle) + value[1]! * Math.sin(angle)
    sum += size > MOST_STRENGTH ? (MOST_STRENGTH / size) * part : part
    seen++
  }
  return seen ? sum / Math.sqrt(seen / 2) : 0
}
