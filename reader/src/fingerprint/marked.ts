/** A marked picture held against what was signed with its mark. */

import { apply, multiply, translation, type Matrix } from '../numeric/matrix.ts'
import { area, clip, type Point } from '../numeric/polygons.ts'
import type { Picture } from '../picture/picture.ts'
import type { Detection } from '../watermark/index.ts'
import { amongSeveral, compareLattice, type Comparison } from './compare.ts'
import type { Lattice } from './lattice.ts'

/** A proof of less than this share of the picture is looked at once more, in the whole picture. */
const WHOLE = 0.9
/** How much more may then be unexplained. */
const MORE_UNEXPLAINED = 0.1

export interface MarkedComparison {
  readonly comparison: Comparison
  /** What of the picture lies on the fingerprint, in pixels; undefined where nothing does. */
  readonly region: { readonly corners: readonly Point[]; readonly coverage: number } | undefined
}

/** The comparison with whichever of several pictures shows what was signed: each is one more chance to be wrong. */
export function compareShown(signed: Lattice, pictures: readonly Picture[], detection: Detection): MarkedComparison {
  let first: MarkedComparison | undefined
  for (const picture of pictures) {
    const found = compareMarked(signed, picture, detection)
    const comparison = amongSeveral(found.comparison, pictures.length)
    first ??= { ...found, comparison }
    if (comparison.result === 'near') return { ...found, comparison }
  }
  return first!
}

/** Compare the marked part, and the whole picture where that shows more. */
export function compareMarked(signed: Lattice, stored: Picture, { geometry, region, inverted }: Detection): MarkedComparison {
  const picture = inverted ? negative(stored) : stored
  const map = geometry.matrix
  const part = cut(picture, region.corners)
  const found = placed(compareLattice(signed, part.picture, multiply(translation(-part.left, -part.top), map)), picture, map)
  if (found.comparison.result !== 'near' || found.region!.coverage >= WHOLE) return found
  const whole = placed(compareLattice(signed, picture, map), picture, map)
  const explains = whole.comparison.result === 'near' && whole.comparison.unexplained <= found.comparison.unexplained + MORE_UNEXPLAINED
  return explains && whole.region!.coverage > found.region!.coverage ? whole : found
}

function placed(comparison: Comparison, { width, height }: Picture, map: Matrix): MarkedComparison {
  const [left, top, right, bottom] = comparison.box
  if (right <= left) return { comparison, region: undefined }
  const corners = clip([[left, top], [right, top], [right, bottom], [left, bottom]].map(([u, v]) => apply(map, u!, v!)), width, height)
  return { comparison, region: { corners, coverage: Math.min(1, Math.abs(area(corners)) / (width * height)) } }
}

function negative({ width, height, data }: Picture): Picture {
  return { width, height, data: data.map((value) => 255 - value) }
}

/** The picture around some corners, and where it begins. */
function cut({ width, height, data }: Picture, corners: readonly Point[]): { picture: Picture; left: number; top: number } {
  const step = data.length / (width * height)
  const range = (n: 0 | 1, most: number) => {
    const along = corners.map((corner) => corner[n])
    return [Math.max(0, Math.floor(Math.min(...along))), Math.min(most, Math.ceil(Math.max(...along)))] as const
  }
  const [[left, right], [top, bottom]] = [range(0, width), range(1, height)]
  if (right <= left || bottom <= top) return { picture: { width, height, data }, left: 0, top: 0 }
  const out = new Uint8Array((right - left) * (bottom - top) * step)
  for (let y = top; y < bottom; y++) out.set(data.subarray((y * width + left) * step, (y * width + right) * step), (y - top) * (right - left) * step)
  return { picture: { width: right - left, height: bottom - top, data: out }, left, top }
}
