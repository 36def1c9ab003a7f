/** The pilot: 32 sinusoids that tell how the tile lies (section 5). */

import { LINES, RINGS } from './constants.ts'
import { words } from './streams.ts'

/** Wave vectors in cycles per tile, across and down, and phases in turns. */
export interface Pilot {
  readonly u: Int16Array
  readonly v: Int16Array
  readonly phase: Float64Array
}

const TURN = 2 ** 32
const made = new Map<string, Pilot>()

export function orbits(key: Uint8Array): [number, number][] {
  const drawn = words(key, 'pilot orbits', RINGS.length)
  return RINGS.map((ring, n) => {
    const found = candidates(ring)
    return found[Math.floor((drawn[n]! * found.length) / TURN)]!
  })
}

function candidates([low, high]: readonly [number, number]): [number, number][] {
  const found: [number, number][] = []
  for (let a = 1; a < high; a++) {
    for (let b = 1; b < a; b++) {
      const square = a * a + b * b
      if (low * low <= square && square < high * high && a <= 8 * b && 8 * b <= 7 * a) found.push([a, b])
    }
  }
  return found
}

export function pilot(key: Uint8Array): Pilot {
  const name = key.join()
  const known = made.get(name)
  if (known) return known
  const lines = orbits(key).flatMap(([a, b]) => [
    [a, b],
    [a, -b],
    [b, a],
    [b, -a],
  ])
  const found = {
    u: Int16Array.from(lines, ([u]) => u!),
    v: Int16Array.from(lines, ([, v]) => v!),
    phase: Float64Array.from(words(key, 'pilot phases', LINES), (word) => word / TURN),
  }
  made.set(name, found)
  return found
}
