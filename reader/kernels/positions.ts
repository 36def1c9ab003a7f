/** Where in the tile the lines' phases agree best. */

import { transform } from './fft'

/** Positions along a side of the tile, lines, and positions that are transformed together. */
const SIDE: usize = 128
const COUNT: usize = 32
const STRIP: usize = 16
const PARTS: usize = 4 * STRIP
const PLACE: usize = 2 * PARTS

/**
 * The agreement at every position, of one set of lines as real part and of another as imaginary. `lines` are real parts, then imaginary ones, of
 * both sets; `cycles` those across, then down. `found` becomes place and agreement of the strongest position of either.
 */
export function positions(lines: usize, cycles: usize, turns: usize, grid: usize, spare: usize, found: usize): void {
  memory.fill(grid, 0, 8 * SIDE * SIDE)
  for (let k: usize = 0; k < COUNT; k++) {
    const line = lines + 4 * k
    const u = <usize>load<i32>(cycles + 4 * k)
    const v = <usize>load<i32>(cycles + 4 * (COUNT + k))
    const re = load<f32>(line)
    const im = load<f32>(line + 4 * COUNT)
    const re2 = load<f32>(line + 8 * COUNT)
    const im2 = load<f32>(line + 12 * COUNT)
    addWave(grid, u, v, turns, 0.5 * (re - im2), 0.5 * (im + re2))
    addWave(grid, 0 - u, 0 - v, turns, 0.5 * (re + im2), 0.5 * (re2 - im))
  }
  memory.fill(found, 0, 16)
  for (let x: usize = 0; x < SIDE; x += STRIP) {
    const sums = transform(grid + SIDE * PLACE * (x / STRIP), spare, turns, SIDE)
    strongest(sums, x, found)
    strongest(sums + PARTS, x, found + 8)
  }
}

/** Add a wave to the row of the grid that its cycles down name. */
function addWave(grid: usize, u: usize, v: usize, turns: usize, a: f32, b: f32): void {
  const ones = turnsOf(turns, u, 0)
  const sines = turnsOf(turns, u, 4)
  let re = f32x4.sub(f32x4.mul(f32x4.splat(a), ones), f32x4.mul(f32x4.splat(b), sines))
  let im = f32x4.add(f32x4.mul(f32x4.splat(a), sines), f32x4.mul(f32x4.splat(b), ones))
  const step = turns + 8 * ((4 * u) & (SIDE - 1))
  const c = v128.load_splat<f32>(step)
  const s = v128.load_splat<f32>(step, 4)
  let at = grid + PLACE * (v & (SIDE - 1))
  for (let strip: usize = 0; strip < SIDE / STRIP; strip++, at += SIDE * PLACE) {
    for (let x: usize = 0; x < PARTS; x += 16) {
      v128.store(at + x, f32x4.add(v128.load(at + x), re))
      v128.store(at + x, f32x4.add(v128.load(at + x, PARTS), im), PARTS)
      const next = f32x4.sub(f32x4.mul(re, c), f32x4.mul(im, s))
      im = f32x4.add(f32x4.mul(re, s), f32x4.mul(im, c))
      re = next
    }
  }
}

/** Cosine or sine at the first four places of a wave of so many cycles. */
function turnsOf(turns: usize, u: usize, part: usize): v128 {
  const a = load<f32>(turns + part)
  const b = load<f32>(turns + 8 * (u & (SIDE - 1)) + part)
  const c = load<f32>(turns + 8 * ((2 * u) & (SIDE - 1)) + part)
  const d = load<f32>(turns + 8 * ((3 * u) & (SIDE - 1)) + part)
  return f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(a), 1, b), 2, c), 3, d)
}

/** Keep place and value of the greatest size. */
function strongest(sums: usize, left: usize, found: usize): void {
  let most = abs(load<f32>(found + 4))
  let limit = f32x4.splat(most)
  for (let y: usize = 0; y < SIDE; y++, sums += PLACE) {
    for (let x: usize = 0; x < STRIP; x += 4) {
      if (!v128.any_true(f32x4.gt(f32x4.abs(v128.load(sums + 4 * x)), limit))) continue
      for (let n = x; n < x + 4; n++) {
        const value = load<f32>(sums + 4 * n)
        if (abs(value) <= most) continue
        most = abs(value)
        store<i32>(found, <i32>(y * SIDE + left + n))
        store<f32>(found + 4, value)
      }
      limit = f32x4.splat(most)
    }
  }
}
