/** How an encoder lays the mark in a picture (section 6). */

import { REFERENCE_SIDE } from './constants.ts'

/** Picture pixels per mark unit in a picture of this size. */
export function pixelsPerUnit(width: number, height: number): number {
  const size = Math.min(width, height) / REFERENCE_SIDE
  return size ** (size < 1 ? 1 / 3 : 1 / 2)
}
