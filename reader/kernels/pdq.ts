/** PDQ's blur of two passes of running means, row by row, in single precision: every rounding is that of the hash's definition. */

const SIDE: usize = 64
/** State of a pass: rows that entered, rows that left, where those of a window and one more are held, and where their sums are; of the thumbnail: rows that were blurred, rows taken. */
const ENTERED: usize = 0
const LEFT: usize = 4
const HELD: usize = 8
const SUMS: usize = 12
const PASS: usize = 16
const BLURRED: usize = 2 * PASS
const TAKEN: usize = BLURRED + 4

/** Begin: `state` is ten numbers, `work` has room for twice as many rows, of a multiple of 4 numbers, as a window down has and two more. */
export function beginBlur(state: usize, work: usize, width: usize, down: usize): void {
  const line = ((width + 3) & ~3) << 2
  const size = line * (down + 2)
  memory.fill(state, 0, TAKEN + 4)
  memory.fill(work, 0, 2 * size)
  for (let pass: usize = 0; pass < 2; pass++) {
    store<usize>(state + pass * PASS, work + pass * size, HELD)
    store<usize>(state + pass * PASS, work + pass * size + line * (down + 1), SUMS)
  }
}

/** Blur `rows` rows more of pixels of `step` bytes; what is blurred goes to the thumbnail. `row` has room for one. Windows are so many places across and down. */
export function blurRows(
  state: usize, pixels: usize, rows: usize, step: usize, width: usize, height: usize, across: usize, down: usize, red: f32, green: f32, blue: f32, row: usize, thumbnail: usize,
): void {
  for (let y: usize = 0; y < rows; y++, pixels += step * width) {
    exactLuma(pixels, step, width, row, red, green, blue)
    enter(state, 0, row, width, height, across, down, thumbnail)
  }
}

/** Let the last rows leave both passes. */
export function endBlur(state: usize, width: usize, height: usize, across: usize, down: usize, row: usize, thumbnail: usize): void {
  const half = (down + 2) >> 1
  for (let pass: usize = 0; pass < 2; pass++) {
    for (let n: usize = 1; n < half; n++) {
      leave(state + PASS * pass, width, down)
      mean(state, pass, row, width, height, across, down, thumbnail)
    }
  }
}

function exactLuma(pixels: usize, step: usize, width: usize, out: usize, red: f32, green: f32, blue: f32): void {
  const second: usize = step == 1 ? 0 : 1
  for (const end = out + (width << 2); out < end; out += 4, pixels += step) {
    const sum = red * <f32>load<u8>(pixels) + green * <f32>load<u8>(pixels + second)
    store<f32>(out, sum + blue * <f32>load<u8>(pixels + 2 * second))
  }
}

/** A row enters a pass; its mean with its neighbours may be known then. */
function enter(state: usize, pass: usize, row: usize, width: usize, height: usize, across: usize, down: usize, thumbnail: usize): void {
  const own = state + PASS * pass
  const line = ((width + 3) & ~3) << 2
  const entered = load<usize>(own, ENTERED)
  const held = load<usize>(own, HELD) + line * (entered % (down + 1))
  meansAcross(row, width, across, held)
  const sums = load<usize>(own, SUMS)
  for (let x: usize = 0; x < line; x += 16) v128.store(sums + x, f32x4.add(v128.load(sums + x), v128.load(held + x)))
  store<usize>(own, entered + 1, ENTERED)
  if (entered + 1 > down) leave(own, width, down)
  if (entered + 1 >= (down + 2) >> 1) mean(state, pass, row, width, height, across, down, thumbnail)
}

/** The oldest row leaves a pass. */
function leave(own: usize, width: usize, down: usize): void {
  const line = ((width + 3) & ~3) << 2
  const left = load<usize>(own, LEFT)
  const held = load<usize>(own, HELD) + line * (left % (down + 1))
  const sums = load<usize>(own, SUMS)
  for (let x: usize = 0; x < line; x += 16) v128.store(sums + x, f32x4.sub(v128.load(sums + x), v128.load(held + x)))
  store<usize>(own, left + 1, LEFT)
}

/** The mean of the rows that are in a pass enters the next one, or is blurred: then pixels of it are taken. */
function mean(state: usize, pass: usize, row: usize, width: usize, height: usize, across: usize, down: usize, thumbnail: usize): void {
  const own = state + PASS * pass
  const line = ((width + 3) & ~3) << 2
  const count = f32x4.splat(<f32>(load<usize>(own, ENTERED) - load<usize>(own, LEFT)))
  const sums = load<usize>(own, SUMS)
  for (let x: usize = 0; x < line; x += 16) v128.store(row + x, f32x4.div(v128.load(sums + x), count))
  if (pass == 0) enter(state, 1, row, width, height, across, down, thumbnail)
  else take(state, row, width, height, thumbnail)
}

function take(state: usize, row: usize, width: usize, height: usize, thumbnail: usize): void {
  const y = load<usize>(state, BLURRED)
  store<usize>(state, y + 1, BLURRED)
  let n = load<usize>(state, TAKEN)
  for (; n < SIDE && place(n, height) == y; n++) {
    for (let m: usize = 0; m < SIDE; m++) store<f32>(thumbnail + 4 * (n * SIDE + m), load<f32>(row + 4 * place(m, width)))
  }
  store<usize>(state, n, TAKEN)
}

/** The pixel of a side that the thumbnail's pixel `n` is. */
function place(n: usize, size: usize): usize {
  return <usize>(((<f64>n + 0.5) * <f64>size) / <f64>SIDE)
}

/** Means of a window along a row, cut off at both ends. */
function meansAcross(row: usize, width: usize, window: usize, out: usize): void {
  const half = (window + 2) >> 1
  let sum: f32 = 0
  let right: usize = 0
  let left: usize = 0
  for (; right < half - 1; right++) sum += load<f32>(row + 4 * right)
  for (; right < window; out += 4) {
    sum += load<f32>(row + 4 * right++)
    store<f32>(out, sum / <f32>right)
  }
  for (; right < width; out += 4) {
    sum = sum + load<f32>(row + 4 * right++) - load<f32>(row + 4 * left++)
    store<f32>(out, sum / <f32>window)
  }
  for (let n: usize = 1; n < half; n++, out += 4) {
    sum -= load<f32>(row + 4 * left++)
    store<f32>(out, sum / <f32>(width - left))
  }
}

/** The product of two matrices, each sum from its first term on; `columns` is a multiple of 4. */
export function product(a: usize, b: usize, rows: usize, inner: usize, columns: usize, out: usize): void {
  const line = columns << 2
  for (let i: usize = 0; i < rows; i++, a += inner << 2, out += line) {
    for (let j: usize = 0; j < line; j += 16) {
      let sum = f32x4.splat(0)
      for (let k: usize = 0; k < inner; k++) sum = f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(a + (k << 2)), v128.load(b + k * line + j)))
      v128.store(out + j, sum)
    }
  }
}
