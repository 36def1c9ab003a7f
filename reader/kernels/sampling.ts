/** A plane between its pixels, under a map. */

/**
 * Samples of a plane of `width` x `height`, between the four pixels around. The rows from `top` to under `bottom` are there, from `plane` on; a pixel's middle is
 * a half. `map` is nine f64, from samples to pixels; the first sample lies at `u`, `v`, and `step` is between them. There are `columns`, a multiple of 4, and `rows`, `pitch`
 * numbers apart in `out`, and bytes apart in `inside`. What lies more than a pixel outside becomes 0.
 */
export function sampleLinear(
  plane: usize, width: usize, height: usize, top: usize, bottom: usize, map: usize, u: f64, v: f64, step: f64,
  columns: usize, rows: usize, out: usize, inside: usize, pitch: usize,
): void {
  const stepX = f64x2.splat(load<f64>(map))
  const stepY = f64x2.splat(load<f64>(map, 24))
  const stepW = f64x2.splat(load<f64>(map, 48))
  const wide = f32x4.splat(<f32>width)
  const high = f32x4.splat(<f32>height)
  const lastX = f64x2.splat(<f64>width - 2)
  const lastY = f64x2.splat(<f64>height - 2)
  const bounds = i32x4.splat(<i32>top)
  const end = i32x4.splat(<i32>bottom - 2)
  const line = i32x4.splat(<i32>width)
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
      const at = (row * pitch + column) * 4
      if (!v128.any_true(seen)) {
        v128.store(out + at, f32x4.splat(0))
        store<u32>(inside + row * pitch + column, 0)
        continue
      }
      const left1 = corner(x1, lastX)
      const left2 = corner(x2, lastX)
      const top1 = corner(y1, lastY)
      const top2 = corner(y2, lastY)
      const half = f64x2.splat(0.5)
      const across = joined(f64x2.sub(f64x2.sub(x1, half), left1), f64x2.sub(f64x2.sub(x2, half), left2))
      const down = joined(f64x2.sub(f64x2.sub(y1, half), top1), f64x2.sub(f64x2.sub(y2, half), top2))
      const rowsOf = i32x4.sub(i32x4.max_s(bounds, i32x4.min_s(end, whole(top1, top2))), bounds)
      const places = i32x4.add(i32x4.mul(rowsOf, line), whole(left1, left2))
      const above = between(plane, places, across)
      const below = between(plane + 4 * width, places, across)
      v128.store(out + at, v128.and(seen, f32x4.add(above, f32x4.mul(down, f32x4.sub(below, above)))))
      const there = v128.and(ahead, v128.and(within(x, wide, 0), within(y, high, 0)))
      const four = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(there, there), there)
      store<u32>(inside + row * pitch + column, i32x4.extract_lane(four, 0) & 0x01010101)
    }
  }
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
