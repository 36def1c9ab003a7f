/** Tables in which a line's power is added up at every place that it speaks for. */

/** Add to numbers `first` to under `end` of a row those that stand as far before `values`, and 2 to how many they are made of. */
export function addBackwards(row: usize, counts: usize, values: usize, first: usize, end: usize): void {
  const two = f32x4.splat(2)
  let at = first * 4
  const stop = end * 4
  for (; at + 12 < stop; at += 16) {
    const back = v128.load(values - at - 12)
    v128.store(row + at, f32x4.add(v128.load(row + at), v128.shuffle<f32>(back, back, 3, 2, 1, 0)))
    v128.store(counts + at, f32x4.add(v128.load(counts + at), two))
  }
  for (; at < stop; at += 4) {
    store<f32>(row + at, load<f32>(row + at) + load<f32>(values - at))
    store<f32>(counts + at, load<f32>(counts + at) + 2)
  }
}

/** Sums of powers in standard deviations from what chance gives, and 0 where they are of fewer than `least`. Lengths are multiples of 4. */
export function standardise(row: usize, counts: usize, length: usize, least: f32): void {
  for (const end = row + 4 * length; row < end; row += 16, counts += 16) {
    const count = v128.load(counts)
    const score = f32x4.div(f32x4.sub(v128.load(row), count), f32x4.sqrt(count))
    v128.store(row, v128.and(f32x4.ge(count, f32x4.splat(least)), score))
  }
}

/** The places of numbers that are `least` or more, in order: how many, and where in `out`. Lengths are multiples of 4. */
export function placesOver(row: usize, length: usize, least: f32, out: usize): usize {
  let found = out
  for (let n: usize = 0; n < length; n += 4) {
    if (!v128.any_true(f32x4.ge(v128.load(row + 4 * n), f32x4.splat(least)))) continue
    for (let m = n; m < n + 4; m++) {
      if (!(load<f32>(row + 4 * m) >= least)) continue
      store<usize>(found, m)
      found += 4
    }
  }
  return (found - out) >> 2
}
