/** How far a very large picture may be made smaller before it is examined. */

/** Pixels above which a picture is made smaller: it and what is derived from it fit into a phone's memory. */
export const MOST_PIXELS = 16_000_000
/** Pixels that are opened at all: 200 megapixel phones, and a little. */
export const MOST_OPENED = 220_000_000

/**
 * The size at which a picture is examined. Section 6 of the format lays a unit of the mark over `(side / 1024) ** 1/2`
 * pixels where the shorter side has over 1024; at a pixel for each unit the carrier, whose samples are two units apart,
 * is still whole. So a picture is never made smaller than that.
 */
export function examinedSize(width: number, height: number): { width: number; height: number } {
  const pixels = width * height
  if (pixels <= MOST_PIXELS) return { width, height }
  const unit = Math.max(1, Math.sqrt(Math.min(width, height) / 1024))
  const factor = Math.min(unit, Math.sqrt(pixels / MOST_PIXELS))
  return { width: Math.round(width / factor), height: Math.round(height / factor) }
}
