/** Means over boxes around every place of a plane, and what is made of them. */

import { floats, kernels, layOut } from './kernels.ts'

/** Numbers of a vector. */
const VECTOR = 4

/** A plane in the kernels' memory, where rows are `pitch` bytes apart, and what boxes need besides. */
interface Held {
  readonly plane: number
  readonly pitch: number
  readonly rows: number
  readonly sums: number
}

/** Mean over boxes of `2 * radius + 1` on a side; parts outside are left out. */
export function boxMean(data: Float32Array, width: number, height: number, radius: number): Float32Array {
  return changed(data, width, height, radius, ({ plane, pitch, rows, sums }) => {
    kernels().boxMean(plane, width, height, pitch, radius, rows, sums)
  })
}

/** Numbers less the mean of their box, over the root of the mean square of what is left there and of `least`; cut to `most`. */
export function whitened(data: Float32Array, width: number, height: number, radius: number, least: number, most: number): Float32Array {
  return changed(data, width, height, radius, ({ plane, pitch, rows, sums }) => {
    kernels().whiten(plane, width, height, pitch, radius, rows, sums, least, most)
  })
}

function changed(data: Float32Array, width: number, height: number, radius: number, change: (held: Held) => void): Float32Array {
  const line = VECTOR * Math.ceil(width / VECTOR)
  const [plane, rows, sums] = layOut(line * height, line * (2 * radius + 2), 2 * line)
  const held = floats(plane, line * height)
  for (let y = 0; y < height; y++) held.set(data.subarray(y * width, (y + 1) * width), y * line)
  change({ plane, pitch: 4 * line, rows, sums })
  const out = new Float32Array(data.length)
  for (let y = 0; y < height; y++) out.set(held.subarray(y * line, y * line + width), y * width)
  return out
}
