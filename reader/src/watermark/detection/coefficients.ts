/** A plane of the mark's samples as wavelet coefficients with their local variance. */

import type { Plane } from '../../picture/picture.ts'
import { GAINS } from '../format/constants.ts'
import { analyse, type Detail } from '../wavelet.ts'

export interface Subband extends Detail {
  readonly level: number
  readonly orientation: number
  readonly width: number
  readonly height: number
}

/** The subbands of both levels. The plane begins at a tile's corner; its sides are multiples of 4. */
export function subbands(plane: Plane): Subband[] {
  const found: Subband[] = []
  let [low, width, height] = [plane.data, plane.width, plane.height]
  for (let level = 1; level <= GAINS.length; level++) {
    const { details, ...rest } = analyse(low, width, height)
    details.forEach((detail, orientation) => found.push({ level, orientation, width: rest.width, height: rest.height, ...detail }))
    ;[low, width, height] = [rest.low, rest.width, rest.height]
  }
  return found
}
