/** The constants of the format: sections 1 to 6 of docs/watermark-format.md. None of them may change. */

export const PAYLOAD_BYTES = 12
export const LOCK_BYTES = 3
export const WORD_BYTES = PAYLOAD_BYTES + LOCK_BYTES
export const CHECK_BITS = 16
export const INFORMATION_BITS = 8 * WORD_BYTES + CHECK_BITS
export const CODE_BITS = 1024

/** Mark units along a side of the tile, and samples of it: one for each 2 x 2 units. */
export const TILE = 256
export const SAMPLES = 128
export const UNITS_PER_SAMPLE = TILE / SAMPLES
/** Coefficients along a side of a block, which carries every code bit once. */
export const BLOCK = 32
/** Gain of a coefficient by wavelet level, finest first. */
export const GAINS = [0.75, 1] as const
export const ORIENTATIONS = 3

/** Radii of the pilot's rings, in cycles per tile: from the first to under the second. */
export const RINGS = [
  [14, 17],
  [18, 21],
  [22, 25],
  [26, 29],
  [29, 32],
  [33, 36],
  [36, 39],
  [40, 43],
] as const
export const LINES = 4 * RINGS.length

/** The short side at which a unit is a pixel. */
export const REFERENCE_SIDE = 1024

/** The key of the mark that everybody can read. */
export const PUBLIC_KEY = new Uint8Array(32)
