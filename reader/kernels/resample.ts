/** Pixels as luma, and planes at another size along their sides. */

/** Luma of `count` pixels of `step` bytes: of grey, or of red, green, blue and what is not looked at. */
export function luma(pixels: usize, step: usize, count: usize, out: usize, red: f32, green: f32, blue: f32): void {
  const whole = count & ~3
  const end = pixels + whole * step
  const low = i32x4.splat(255)
  const order = step == 1 ? i8x16(0, 0, 0, -1, 1, 1, 1, -1, 2, 2, 2, -1, 3, 3, 3, -1) : step == 3 ? i8x16(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1) : i8x16(0, 1, 2, -1, 4, 5, 6, -1, 8, 9, 10, -1, 12, 13, 14, -1)
  for (; pixels < end; pixels += 4 * step, out += 16) {
    const four = i8x16.swizzle(v128.load(pixels), order)
    const r = f32x4.convert_i32x4_s(v128.and(four, low))
    const g = f32x4.convert_i32x4_s(v128.and(i32x4.shr_u(four, 8), low))
    const b = f32x4.convert_i32x4_s(i32x4.shr_u(four, 16))
    v128.store(out, f32x4.add(f32x4.add(f32x4.mul(f32x4.splat(red), r), f32x4.mul(f32x4.splat(green), g)), f32x4.mul(f32x4.splat(blue), b)))
  }
  for (let n = whole; n < count; n++, pixels += step, out += 4) {
    const g = load<u8>(step == 1 ? pixels : pixels + 1)
    const b = load<u8>(step == 1 ? pixels : pixels + 2)
    store<f32>(out, red * <f32>load<u8>(pixels) + green * <f32>g + blue * <f32>b)
  }
}

/**
 * The new rows from `first` to under `last`, of `count` numbers each. Row y of `width` numbers lies in slot y mod `slots` of `rows`; new row n is made of
 * `deep` of them from the one that `starts` names, its numbers of `wide` from those that `startsAcross` name: a multiple of 4. `pointers` has room for
 * `deep` numbers, `mixed` for 16 more than a row, `out` for 4 more than those that are made.
 */
export function resample(
  rows: usize, slots: usize, width: usize, starts: usize, weights: usize, deep: usize, first: usize, last: usize,
  pointers: usize, mixed: usize, startsAcross: usize, weightsAcross: usize, wide: usize, count: usize, out: usize,
): void {
  for (let n = first; n < last; n++, out += 4 * count) {
    const start = <usize>load<u32>(starts + 4 * n)
    for (let k: usize = 0; k < deep; k++) store<usize>(pointers + 4 * k, rows + width * ((start + k) % slots) * 4)
    mix(pointers, weights + 4 * n * deep, deep, mixed, width)
    across(mixed, startsAcross, weightsAcross, wide, count, out)
  }
}

function mix(pointers: usize, weights: usize, deep: usize, out: usize, width: usize): void {
  const end = pointers + 4 * deep
  for (let x: usize = 0; x < 4 * width; x += 64) {
    let a = f32x4.splat(0)
    let b = f32x4.splat(0)
    let c = f32x4.splat(0)
    let d = f32x4.splat(0)
    for (let k = pointers, w = weights; k < end; k += 4, w += 4) {
      const from = load<usize>(k) + x
      const weight = v128.load_splat<f32>(w)
      a = f32x4.add(a, f32x4.mul(weight, v128.load(from)))
      b = f32x4.add(b, f32x4.mul(weight, v128.load(from, 16)))
      c = f32x4.add(c, f32x4.mul(weight, v128.load(from, 32)))
      d = f32x4.add(d, f32x4.mul(weight, v128.load(from, 48)))
    }
    v128.store(out + x, a)
    v128.store(out + x, b, 16)
    v128.store(out + x, c, 32)
    v128.store(out + x, d, 48)
  }
}

/** Four numbers at once; those over the count are made of whatever stands there. */
function across(row: usize, starts: usize, weights: usize, wide: usize, count: usize, out: usize): void {
  const tap = wide * 4
  for (let n: usize = 0; n < count; n += 4, starts += 16, weights += 4 * tap) {
    const a = dot(row, load<u32>(starts), weights, tap)
    const b = dot(row, load<u32>(starts, 4), weights + tap, tap)
    const c = dot(row, load<u32>(starts, 8), weights + 2 * tap, tap)
    const d = dot(row, load<u32>(starts, 12), weights + 3 * tap, tap)
    const ac = f32x4.add(v128.shuffle<f32>(a, c, 0, 4, 1, 5), v128.shuffle<f32>(a, c, 2, 6, 3, 7))
    const bd = f32x4.add(v128.shuffle<f32>(b, d, 0, 4, 1, 5), v128.shuffle<f32>(b, d, 2, 6, 3, 7))
    v128.store(out + 4 * n, f32x4.add(v128.shuffle<f32>(ac, bd, 0, 4, 1, 5), v128.shuffle<f32>(ac, bd, 2, 6, 3, 7)))
  }
}

function dot(row: usize, start: usize, weights: usize, tap: usize): v128 {
  const from = row + 4 * start
  let sum = f32x4.mul(v128.load(from), v128.load(weights))
  for (let k: usize = 16; k < tap; k += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(from + k), v128.load(weights + k)))
  return sum
}
