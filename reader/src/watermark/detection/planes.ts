/** The picture resampled to the mark's samples: one for each 2 x 2 units. */

import type { Plane, Rows } from '../../picture/picture.ts'
import { resample } from '../../picture/resample.ts'
import { GAINS, UNITS_PER_SAMPLE } from '../format/constants.ts'
import { pixelsPerUnit } from '../format/layout.ts'

const ALIGNMENT = 1 << GAINS.length

/** The plane of a picture that lies as it was marked. */
export function planeAsMarked(luma: Rows): Plane {
  const step = UNITS_PER_SAMPLE * pixelsPerUnit(luma.width, luma.height)
  const axis = (size: number) => ({ count: ALIGNMENT * Math.max(1, Math.floor(size / step / ALIGNMENT)), step, first: 0 })
  return resample(luma, axis(luma.width), axis(luma.height))
}
