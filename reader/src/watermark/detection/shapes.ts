/** A guess fitted to the peaks near its lines: a tilted picture's middle is sheared and stretched. */

import { linear, multiply } from '../../numeric/matrix.ts'
import { TILE } from '../format/constants.ts'
import { pilot, type Pilot } from '../format/pilot.ts'
import type { Guess, Shape } from './guesses.ts'
import { HIGHEST } from './maps.ts'
import { powerAt, type Power } from './power.ts'

/** Steps of scale, turn, stretch and shear that are tried, from coarse to fine. */
const STEPS = [0.024, 0.012, 0.006, 0.003] as const
const ROUNDS = 3

/** The shape after a small change of scale, turn, stretch and shear. */
function changed(shape: Shape, [scale, turn, stretch, shear]: readonly number[]): Shape {
  const change = linear([1 + scale! + stretch!, shear! - turn!, shear! + turn!, 1 + scale! - stretch!])
  const [xx, xy, , yx, yy] = multiply(change, linear(shape))
  return [xx!, xy!, yx!, yy!]
}

/** The power at all lines. */
function score(power: Power, [xx, xy, yx, yy]: Shape, { u, v }: Pilot): number {
  const unit = (xx * yy - xy * yx) * TILE
  let sum = 0
  let terms = 0
  for (let k = 0; k < u.length; k++) {
    const across = (yy * u[k]! - yx * v[k]!) / unit
    const down = (xx * v[k]! - xy * u[k]!) / unit
    if (Math.abs(across) > HIGHEST || Math.abs(down) > HIGHEST) continue
    sum += powerAt(power, across, down)
    terms++
  }
  return terms ? (sum - terms) / Math.sqrt(terms) : 0
}

const CHANGES = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
] as const

/** Climb from a guess to the shape whose lines have most power. */
export function fitted(power: Power, guess: Guess, key: Uint8Array): Guess {
  const lines = pilot(key)
  let best = { shape: guess.shape, score: score(power, guess.shape, lines) }
  for (const step of STEPS) {
    for (let round = 0; round < ROUNDS; round++) {
      const before = best.score
      for (const change of CHANGES) {
        for (const size of [step, -step]) {
          const shape = changed(best.shape, change.map((value) => value * size))
          const reached = score(power, shape, lines)
          if (reached > best.score) best = { shape, score: reached }
        }
      }
      if (best.score === before) break
    }
  }
  return best
}
