/** The power of a spectrum on a grid of half bins. */

/**
 * The powers of `rows` rows of `columns` bins, and between them; there is one row more than that. Twice as many rows of twice as many numbers, of which
 * none is over `most`. Between bins power is of both neighbours (of all four), times `across` and `down`.
 */
export function powers(re: usize, im: usize, columns: usize, rows: usize, across: f32, down: f32, most: f32, out: usize): void {
  const line = columns * 4
  const wide = line * 2
  for (let y: usize = 0; y < rows; y++, re += line, im += line, out += 2 * wide) {
    for (let x: usize = 0; x < line - 4; x += 16) {
      const r = v128.load(re + x)
      const i = v128.load(im + x)
      const topRe = f32x4.add(r, v128.load(re + x, 4))
      const topIm = f32x4.add(i, v128.load(im + x, 4))
      const below = v128.load(re + line + x)
      const belowIm = v128.load(im + line + x)
      const bothRe = f32x4.add(topRe, f32x4.add(below, v128.load(re + line + x, 4)))
      const bothIm = f32x4.add(topIm, f32x4.add(belowIm, v128.load(im + line + x, 4)))
      store(out + 2 * x, limited(r, i, 1, most), limited(topRe, topIm, across, most))
      store(out + wide + 2 * x, limited(f32x4.add(r, below), f32x4.add(i, belowIm), down, most), limited(bothRe, bothIm, across * down, most))
    }
    f64.store(out + wide - 8, 0)
    f64.store(out + 2 * wide - 8, 0)
  }
}

function limited(re: v128, im: v128, factor: f32, most: f32): v128 {
  return f32x4.min(f32x4.splat(most), f32x4.mul(f32x4.splat(factor), f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im))))
}

/** Two vectors' numbers by turns. */
function store(at: usize, a: v128, b: v128): void {
  v128.store(at, v128.shuffle<f32>(a, b, 0, 4, 1, 5))
  v128.store(at, v128.shuffle<f32>(a, b, 2, 6, 3, 7), 16)
}
