/** The picture without its own structure, so that the pilot stands out: equally strong everywhere. */

import { boxMean, boxMeanOf } from '../../numeric/boxes.ts'
import type { Plane } from '../../picture/picture.ts'

/** Radii in pixels: of the mean that is taken out, and of the deviation that is divided by. */
const MEAN_RADIUS = 8
const DEVIATION_RADIUS = 8
/** Grey levels: less deviation than this counts as this much. */
const LEAST_DEVIATION = 1
/** Deviations that edges are cut to. */
const MOST = 2.5

export function whiten(plane: Plane): Plane {
  const { width, height, data } = plane
  const mean = boxMean(data, width, height, MEAN_RADIUS)
  const rest = mean
  for (let n = 0; n < data.length; n++) rest[n] = data[n]! - mean[n]!
  const squares = new Float32Array(width)
  const squared = (y: number) => {
    for (let x = 0, at = y * width; x < width; x++, at++) squares[x] = rest[at]! * rest[at]!
    return squares
  }
  const variance = boxMeanOf(squared, width, height, DEVIATION_RADIUS)
  for (let n = 0; n < data.length; n++) {
    const value = rest[n]! / Math.sqrt(variance[n]! + LEAST_DEVIATION)
    rest[n] = value > MOST ? MOST : value < -MOST ? -MOST : value
  }
  return { width, height, data: rest }
}
