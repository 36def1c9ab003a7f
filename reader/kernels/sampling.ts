/** A plane between its pixels, under a map. */

/** What of a plane is there: its sides, the patch from `left`, `top` to under `right`, `bottom`, and where that is. */
const WIDTH: usize = 0
const HEIGHT: usize = 4
const LEFT: usize = 8
const TOP: usize = 12
const RIGHT: usize = 16
const BOTTOM: usize = 20
const PIXELS: usize = 24
/** Room behind that for four places, across and down. */
const PLACES: usize = 32

/**
 * Samples of a `plane` under `map`, nine f64 from samples to pixels, whose middles are halves: between the four pixels around, or where there are `taps` by a kernel of six of them, eight
 * weights for each of 64 parts of a pixel and one more. The first sample lies at `u`, `v`, and `step` is between them. There are `columns`, a multiple of 4, and `rows`, `pitch` numbers apart in
 * `out`, and bytes apart in `inside`. What lies more than a pixel outside becomes 0.
 */
export function sample(
  plane: usize, map: usize, taps: usize, u: f64, v: f64, step: f64, columns: usize, rows: usize, out: usize, inside: usize, pitch: usize,
): void {
  const stepX = f64x2.splat(load<f64>(map))
  const stepY = f64x2.splat(load<f64>(map, 24))
  const stepW = f64x2.splat(load<f64>(map, 48))
  const wide = f32x4.splat(<f32>load<i32>(plane, WIDTH))
  const high = f32x4.splat(<f32>load<i32>(plane, HEIGHT))
  for (let row: usize = 0; row < rows; row++, v += step) {
    const x0 = f64x2.splat(load<f64>(map, 8) * v + load<f64>(map, 16))
    const y0 = f64x2.splat(load<f64>(map, 32) * v + load<f64>(map, 40))
    const w0 = f64x2.splat(load<f64>(map, 56) * v + load<f64>(map, 64))
    let one = f64x2(u, u + step)
    for (let column: usize = 0; column < columns; column += 4) {
      const two = f64x2.add(one, f64x2.splat(2 * step))
      const w1 = f64x2.add(w0, f64x2.mul(stepW, one))
      const w2 = f64x2.add(w0, f64x2.mul(stepW, two))
      const x1 = f64x2.div(f64x2.add(x0, f64x2.mul(stepX, one)), w1)
      const x2 = f64x2.div(f64x2.add(x0, f64x2.mul(stepX, two)), w2)
      const y1 = f64x2.div(f64x2.add(y0, f64x2.mul(stepY, one)), w1)
      const y2 = f64x2.div(f64x2.add(y0, f64x2.mul(stepY, two)), w2)
      const ahead = f32x4.gt(joined(w1, w2), f32x4.splat(0))
      const x = joined(x1, x2)
      const y = joined(y1, y2)
      const seen = v128.and(ahead, v128.and(within(x, wide, 1), within(y, high, 1)))
      one = f64x2.add(two, f64x2.splat(2 * step))
      const to = row * pitch + column
      if (v128.any_true(seen)) {
        v128.store(out + 4 * to, v128.and(seen, taps ? smooth(plane, taps, x1, x2, y1, y2) : linear(plane, x1, x2, y1, y2)))
        const there = v128.and(ahead, v128.and(within(x, wide, 0), within(y, high, 0)))
        const four = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(there, there), there)
        store<u32>(inside + to, i32x4.extract_lane(four, 0) & 0x01010101)
      } else {
        v128.store(out + 4 * to, f32x4.splat(0))
        store<u32>(inside + to, 0)
      }
    }
  }
}

/** Between the four pixels around, at four places. */
function linear(plane: usize, x1: v128, x2: v128, y1: v128, y2: v128): v128 {
  const half = f64x2.splat(0.5)
  const lastX = f64x2.splat(<f64>load<i32>(plane, WIDTH) - 2)
  const lastY = f64x2.splat(<f64>load<i32>(plane, HEIGHT) - 2)
  const left1 = corner(x1, lastX)
  const left2 = corner(x2, lastX)
  const top1 = corner(y1, lastY)
  const top2 = corner(y2, lastY)
  const across = joined(f64x2.sub(f64x2.sub(x1, half), left1), f64x2.sub(f64x2.sub(x2, half), left2))
  const down = joined(f64x2.sub(f64x2.sub(y1, half), top1), f64x2.sub(f64x2.sub(y2, half), top2))
  const wide = load<i32>(plane, RIGHT) - load<i32>(plane, LEFT)
  const columns = withinPatch(whole(left1, left2), load<i32>(plane, LEFT), load<i32>(plane, RIGHT))
  const rows = withinPatch(whole(top1, top2), load<i32>(plane, TOP), load<i32>(plane, BOTTOM))
  const places = i32x4.add(i32x4.mul(rows, i32x4.splat(wide)), columns)
  const pixels = load<usize>(plane, PIXELS)
  const above = between(pixels, places, across)
  const below = between(pixels + 4 * <usize>wide, places, across)
  return f32x4.add(above, f32x4.mul(down, f32x4.sub(below, above)))
}

/** Columns or rows counted from the patch's first; whoever asks for others than are there gets some of its own. */
function withinPatch(places: v128, first: i32, end: i32): v128 {
  const from = i32x4.splat(first)
  return i32x4.sub(i32x4.max_s(from, i32x4.min_s(i32x4.splat(end - 2), places)), from)
}

/** By a kernel of six pixels across and down, at four places. */
function smooth(plane: usize, taps: usize, x1: v128, x2: v128, y1: v128, y2: v128): v128 {
  const places = plane + PLACES
  v128.store(places, x1)
  v128.store(places, x2, 16)
  v128.store(places, y1, 32)
  v128.store(places, y2, 48)
  for (let n: usize = 0; n < 4; n++) store<f32>(places + 4 * n, smoothAt(plane, taps, load<f64>(places + 8 * n), load<f64>(places + 8 * n, 32)))
  return v128.load(places)
}

function smoothAt(plane: usize, taps: usize, x: f64, y: f64): f32 {
  const column = floor(x - 0.5)
  const row = floor(y - 0.5)
  const across = taps + (<usize>(nearest((x - 0.5 - column) * 64)) << 5)
  const down = taps + (<usize>(nearest((y - 0.5 - row) * 64)) << 5)
  const left = load<i32>(plane, LEFT)
  const right = load<i32>(plane, RIGHT)
  const top = load<i32>(plane, TOP)
  const bottom = load<i32>(plane, BOTTOM)
  const first = <i32>(column) - 2
  const start = <i32>(row) - 2
  const beside = first < left || first > right - 6
  let sums = f32x4.splat(0)
  for (let j: i32 = 0; j < 6; j++) {
    const line = load<usize>(plane, PIXELS) + (<usize>((min(max(start + j, top), bottom - 1) - top) * (right - left)) << 2)
    const weight = v128.load_splat<f32>(down + 4 * <usize>j)
    if (beside) {
      for (let k: i32 = 0; k < 6; k++) {
        const value = load<f32>(line + (<usize>(min(max(first + k, left), right - 1) - left) << 2)) * load<f32>(across + 4 * <usize>k)
        sums = f32x4.add(sums, f32x4.mul(weight, f32x4.replace_lane(f32x4.splat(0), 0, value)))
      }
    } else {
      const from = line + (<usize>(first - left) << 2)
      const six = f32x4.add(f32x4.mul(v128.load(from), v128.load(across)), f32x4.mul(v128.load(from, 16), v128.load(across, 16)))
      sums = f32x4.add(sums, f32x4.mul(weight, six))
    }
  }
  return f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3))
}

/** The first two numbers of each of two vectors of f64. */
function joined(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 1, 4, 5)
}

function whole(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(i32x4.trunc_sat_f64x2_s_zero(a), i32x4.trunc_sat_f64x2_s_zero(b), 0, 1, 4, 5)
}

/** The pixel before a place. */
function corner(place: v128, last: v128): v128 {
  return f64x2.max(f64x2.splat(0), f64x2.min(last, f64x2.floor(f64x2.sub(place, f64x2.splat(0.5)))))
}

function within(place: v128, size: v128, margin: f32): v128 {
  return v128.and(f32x4.ge(place, f32x4.splat(-margin)), f32x4.le(place, f32x4.add(size, f32x4.splat(margin))))
}

/** Between two neighbours, at four places. */
function between(plane: usize, places: v128, share: v128): v128 {
  const one = v128.load64_lane(plane + 4 * <usize>i32x4.extract_lane(places, 1), v128.load64_zero(plane + 4 * <usize>i32x4.extract_lane(places, 0)), 1)
  const two = v128.load64_lane(plane + 4 * <usize>i32x4.extract_lane(places, 3), v128.load64_zero(plane + 4 * <usize>i32x4.extract_lane(places, 2)), 1)
  const first = v128.shuffle<f32>(one, two, 0, 2, 4, 6)
  return f32x4.add(first, f32x4.mul(share, f32x4.sub(v128.shuffle<f32>(one, two, 1, 3, 5, 7), first)))
}
