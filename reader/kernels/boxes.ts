/** Means over boxes around every place of a plane, by running sums, and what is made of them in place. Rows are `pitch` bytes apart, a multiple of 16. */

/** Each number's mean around it. */
export function boxMean(plane: usize, width: usize, height: usize, pitch: usize, radius: usize, held: usize, sums: usize): void {
  pass(plane, width, height, pitch, radius, held, sums, 0, 0, 0)
}

/** Numbers less their mean, over the deviation around them, cut to `most`; deviations count `least` more. */
export function whiten(plane: usize, width: usize, height: usize, pitch: usize, radius: usize, held: usize, sums: usize, least: f32, most: f32): void {
  pass(plane, width, height, pitch, radius, held, sums, 1, 0, 0)
  pass(plane, width, height, pitch, radius, held, sums, 2, least, most)
}

/** `held` has room for the rows of a box and one more, `sums` for an f64 a column. */
function pass(plane: usize, width: usize, height: usize, pitch: usize, radius: usize, held: usize, sums: usize, kind: i32, least: f32, most: f32): void {
  memory.fill(sums, 0, 2 * pitch)
  memory.fill(held, 0, (2 * radius + 2) * pitch)
  const slots = radius * 2 + 2
  let entered: usize = 0
  for (let y: usize = 0; y < height; y++) {
    while (entered < min(height, y + radius + 1)) {
      const row = held + pitch * (entered % slots)
      acrossMeans(plane + pitch * entered, width, radius, row, kind == 2)
      addRow(sums, row, pitch, 1)
      entered++
    }
    if (y > radius) addRow(sums, held + pitch * ((y - radius - 1) % slots), pitch, -1)
    const first = y > radius ? y - radius : 0
    finish(plane + pitch * y, sums, pitch, 1 / <f64>(entered - first), kind, least, most)
  }
}

function acrossMeans(row: usize, width: usize, radius: usize, out: usize, squared: bool): void {
  let sum: f64 = 0
  for (let x: usize = 0; x < min(radius, width); x++) sum += value(row, x, squared)
  const whole = 1 / <f64>(2 * radius + 1)
  for (let x: usize = 0; x < width; x++) {
    if (x > radius && x + radius < width) {
      sum += value(row, x + radius, squared) - value(row, x - radius - 1, squared)
      store<f32>(out + 4 * x, <f32>(sum * whole))
    } else {
      if (x + radius < width) sum += value(row, x + radius, squared)
      if (x > radius) sum -= value(row, x - radius - 1, squared)
      const first = x > radius ? x - radius : 0
      store<f32>(out + 4 * x, <f32>(sum / <f64>(min(width, x + radius + 1) - first)))
    }
  }
}

function value(row: usize, x: usize, squared: bool): f64 {
  const number = load<f32>(row + 4 * x)
  return squared ? <f64>(number * number) : <f64>number
}

function addRow(sums: usize, row: usize, pitch: usize, sign: f64): void {
  const factor = f64x2.splat(sign)
  for (let x: usize = 0; x < pitch; x += 8, sums += 16) v128.store(sums, f64x2.add(v128.load(sums), f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(row + x)))))
}

function finish(row: usize, sums: usize, pitch: usize, share: f64, kind: i32, least: f32, most: f32): void {
  const factor = f64x2.splat(share)
  const limit = f32x4.splat(most)
  for (let x: usize = 0; x < pitch; x += 16, sums += 32) {
    const low = f32x4.demote_f64x2_zero(f64x2.mul(factor, v128.load(sums)))
    const high = f32x4.demote_f64x2_zero(f64x2.mul(factor, v128.load(sums, 16)))
    const mean = v128.shuffle<f32>(low, high, 0, 1, 4, 5)
    if (kind == 0) {
      v128.store(row + x, mean)
    } else if (kind == 1) {
      v128.store(row + x, f32x4.sub(v128.load(row + x), mean))
    } else {
      const even = f32x4.div(v128.load(row + x), f32x4.sqrt(f32x4.add(mean, f32x4.splat(least))))
      v128.store(row + x, f32x4.max(f32x4.neg(limit), f32x4.min(limit, even)))
    }
  }
}
