/** A spectrum whitened block by block. */

const BINS: usize = 16
const ROOM: usize = 4 * BINS

/**
 * Divide every bin by the root mean square of its block of 16 x 16, which single strong bins hardly raise: they count no more than `cap` times
 * the mean when it is taken again. There are `height` rows of `columns` bins, `pitch` bytes apart.
 */
export function flatten(re: usize, im: usize, pitch: usize, columns: usize, height: usize, cap: f32): void {
  for (let top: usize = 0; top < height; top += BINS) {
    for (let left: usize = 0; left < columns; left += BINS) {
      const at = top * pitch + 4 * left
      const across = min(BINS, columns - left)
      const down = min(BINS, height - top)
      const mean = meanPower(re + at, im + at, pitch, across, down, f32.MAX_VALUE)
      const capped = meanPower(re + at, im + at, pitch, across, down, cap * mean)
      scale(re + at, pitch, down, 1 / sqrt(capped + 1e-20))
      scale(im + at, pitch, down, 1 / sqrt(capped + 1e-20))
    }
  }
}

function meanPower(re: usize, im: usize, pitch: usize, across: usize, down: usize, most: f32): f32 {
  let sums = f32x4.splat(0)
  let rest: f32 = 0
  const limit = f32x4.splat(most)
  const whole: usize = (across >> 2) << 4
  for (let y: usize = 0; y < down; y++, re += pitch, im += pitch) {
    for (let x: usize = 0; x < whole; x += 16) {
      const a = v128.load(re + x)
      const b = v128.load(im + x)
      sums = f32x4.add(sums, f32x4.pmin(limit, f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b))))
    }
    for (let x = whole; x < across << 2; x += 4) {
      const a = load<f32>(re + x)
      const b = load<f32>(im + x)
      rest += min(most, a * a + b * b)
    }
  }
  const sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3)
  return (sum + rest) / <f32>(across * down)
}

/** All 16 of a row, whose room is a multiple of that. */
function scale(at: usize, pitch: usize, down: usize, factor: f32): void {
  const factors = f32x4.splat(factor)
  for (let y: usize = 0; y < down; y++, at += pitch) {
    for (let x: usize = 0; x < ROOM; x += 16) v128.store(at + x, f32x4.mul(factors, v128.load(at + x)))
  }
}
