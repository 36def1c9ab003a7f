/** The picture without its own structure, so that the pilot stands out: equally strong everywhere. */

import { whitened } from '../../numeric/boxes.ts'
import type { Plane } from '../../picture/picture.ts'

/** Radius in pixels of the mean that is taken out, and of the deviation that is divided by. */
const RADIUS = 8
/** Grey levels squared: what deviations count more than they are. */
const LEAST_VARIANCE = 1
/** Deviations that edges are cut to. */
const MOST = 2.5

export function whiten({ width, height, data }: Plane): Plane {
  return { width, height, data: whitened(data, width, height, RADIUS, LEAST_VARIANCE, MOST) }
}
