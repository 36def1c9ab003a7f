/** How well the lines of blocks agree with a displacement, four blocks at once. */

const LINES: usize = 32
const VECTOR: usize = 16
const BLOCK: usize = 8 * LINES
const GROUP: usize = 4 * BLOCK

/** Lines of `count` blocks, in the order that `order` names, in groups of four: of each line four real parts, then four imaginary ones. What is left of a group is 0. */
export function group(lines: usize, order: usize, count: usize, out: usize): void {
  memory.fill(out, 0, GROUP * ((count + 3) >> 2))
  for (let n: usize = 0; n < count; n++) {
    const from = lines + BLOCK * load<usize>(order + 4 * n)
    const to = out + GROUP * (n >> 2) + 4 * (n & 3)
    for (let k: usize = 0; k < LINES; k++) {
      store<f32>(to + 2 * VECTOR * k, load<f32>(from + 4 * k))
      store<f32>(to + 2 * VECTOR * k, load<f32>(from + 4 * (LINES + k)), VECTOR)
    }
  }
}

/** Sums that are made: the agreement, and what it grows by with each of eight parameters. */
const SUMS: usize = 9

/**
 * The agreement of the first `count` blocks at the places `x`, `y` under a displacement of eight f32, and its gradient but for the lines' common factor: nine f32 in `out`, which has
 * room for four times as many. `cycles` are those of 16 pairs of lines across, then down: the second line of a pair has opposite ones down. `table` has room for 16 numbers for each of
 * `most` cycles and none.
 */
export function agree(groups: usize, count: usize, x: usize, y: usize, p: usize, cycles: usize, most: usize, table: usize, tile: f32, out: usize): void {
  memory.fill(out, 0, SUMS * VECTOR)
  const far = (most + 1) * VECTOR * 2
  for (let n: usize = 0; n < count; n += 4, groups += GROUP, x += VECTOR, y += VECTOR) {
    const px = v128.load(x)
    const py = v128.load(y)
    const tilt = f32x4.add(f32x4.mul(splat(p, 6), px), f32x4.mul(splat(p, 7), py))
    multiples(displaced(p, 0, px, py, px, tilt), tile, most, table)
    multiples(displaced(p, 1, px, py, py, tilt), tile, most, table + far)
    let sum = f32x4.splat(0)
    let gx = f32x4.splat(0)
    let gy = f32x4.splat(0)
    for (let k: usize = 0, at = groups; k < 2 * LINES; k += 4, at += 4 * VECTOR) {
      const u = load<usize>(cycles + k)
      const v = load<usize>(cycles + k, 2 * LINES)
      const ca = v128.load(table + 2 * VECTOR * u)
      const sa = v128.load(table + 2 * VECTOR * u, VECTOR)
      const cd = v128.load(table + far + 2 * VECTOR * v)
      const sd = v128.load(table + far + 2 * VECTOR * v, VECTOR)
      const c1 = f32x4.sub(f32x4.mul(ca, cd), f32x4.mul(sa, sd))
      const s1 = f32x4.add(f32x4.mul(sa, cd), f32x4.mul(ca, sd))
      const c2 = f32x4.add(f32x4.mul(ca, cd), f32x4.mul(sa, sd))
      const s2 = f32x4.sub(f32x4.mul(sa, cd), f32x4.mul(ca, sd))
      const re1 = v128.load(at)
      const im1 = v128.load(at, VECTOR)
      const re2 = v128.load(at, 2 * VECTOR)
      const im2 = v128.load(at, 3 * VECTOR)
      sum = f32x4.add(sum, f32x4.add(f32x4.mul(re1, c1), f32x4.mul(im1, s1)))
      sum = f32x4.add(sum, f32x4.add(f32x4.mul(re2, c2), f32x4.mul(im2, s2)))
      const q1 = f32x4.sub(f32x4.mul(im1, c1), f32x4.mul(re1, s1))
      const q2 = f32x4.sub(f32x4.mul(im2, c2), f32x4.mul(re2, s2))
      gx = f32x4.add(gx, f32x4.mul(f32x4.splat(<f32>u), f32x4.add(q1, q2)))
      gy = f32x4.add(gy, f32x4.mul(f32x4.splat(<f32>v), f32x4.sub(q1, q2)))
    }
    const there = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(<i32>(count - n)))
    addSums(out, v128.and(sum, there), v128.and(gx, there), v128.and(gy, there), px, py)
  }
  for (let n: usize = 0; n < SUMS; n++) store<f32>(out + 4 * n, total(v128.load(out + VECTOR * n)))
}

/** Add a group's agreement, and how it grows with shifts, the linear part and the tilt. */
function addSums(out: usize, sum: v128, gx: v128, gy: v128, x: v128, y: v128): void {
  const along = f32x4.neg(f32x4.add(f32x4.mul(gx, x), f32x4.mul(gy, y)))
  add(out, 0, sum)
  add(out, 1, gx)
  add(out, 2, gy)
  add(out, 3, f32x4.mul(gx, x))
  add(out, 4, f32x4.mul(gx, y))
  add(out, 5, f32x4.mul(gy, x))
  add(out, 6, f32x4.mul(gy, y))
  add(out, 7, f32x4.mul(x, along))
  add(out, 8, f32x4.mul(y, along))
}

function add(out: usize, n: usize, more: v128): void {
  v128.store(out + VECTOR * n, f32x4.add(v128.load(out + VECTOR * n), more))
}

function total(four: v128): f32 {
  return f32x4.extract_lane(four, 0) + f32x4.extract_lane(four, 1) + (f32x4.extract_lane(four, 2) + f32x4.extract_lane(four, 3))
}

function splat(p: usize, n: usize): v128 {
  return v128.load_splat<f32>(p + 4 * n)
}

/** How far places are moved along one axis: shift, linear part, less the tilt's share of the place itself. */
function displaced(p: usize, axis: usize, x: v128, y: v128, place: v128, tilt: v128): v128 {
  const first = f32x4.add(splat(p, axis), f32x4.mul(splat(p, 2 + 2 * axis), x))
  return f32x4.sub(f32x4.add(first, f32x4.mul(splat(p, 3 + 2 * axis), y)), f32x4.mul(place, tilt))
}

/** Cosines and sines of 0 to `most` times an angle, in tiles of a turn. */
function multiples(place: v128, tile: f32, most: usize, table: usize): void {
  const turns = f32x4.div(place, f32x4.splat(tile))
  const half = f32x4.mul(f32x4.splat(3.14159265), f32x4.sub(turns, f32x4.nearest(turns)))
  const square = f32x4.mul(half, half)
  const s = f32x4.mul(half, series(square, 1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800))
  const c = series(square, 1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800)
  const two = f32x4.splat(2)
  const cosine = f32x4.sub(f32x4.splat(1), f32x4.mul(two, f32x4.mul(s, s)))
  const sine = f32x4.mul(two, f32x4.mul(s, c))
  let re = f32x4.splat(1)
  let im = f32x4.splat(0)
  for (let n: usize = 0; n <= most; n++, table += 2 * VECTOR) {
    v128.store(table, re)
    v128.store(table, im, VECTOR)
    const next = f32x4.sub(f32x4.mul(re, cosine), f32x4.mul(im, sine))
    im = f32x4.add(f32x4.mul(re, sine), f32x4.mul(im, cosine))
    re = next
  }
}

function series(x: v128, a: f32, b: f32, c: f32, d: f32, e: f32, f: f32): v128 {
  let sum = f32x4.add(f32x4.splat(e), f32x4.mul(x, f32x4.splat(f)))
  sum = f32x4.add(f32x4.splat(d), f32x4.mul(x, sum))
  sum = f32x4.add(f32x4.splat(c), f32x4.mul(x, sum))
  sum = f32x4.add(f32x4.splat(b), f32x4.mul(x, sum))
  return f32x4.add(f32x4.splat(a), f32x4.mul(x, sum))
}
