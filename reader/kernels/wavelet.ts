/** The carrier's wavelet (CDF 9/7) by lifting, with mirrored edges, and what is made of its coefficients. */

/** Lifting steps, by turns of odd and of even places. */
const FIRST: f32 = -1.586134342059924
const SECOND: f32 = -0.052980118572961
const THIRD: f32 = 0.882911075530934
const FOURTH: f32 = 0.443506852043971
/** The factors that make the steps the filters of the format. */
const LOW: f32 = 1.1496043988602418
const HIGH: f32 = -1 / LOW

/**
 * One level: `low`, `down`, `across` and `both` become its quarters, with room for three numbers more. Width and height are even; the plane is used up. `line` has room for a
 * row and 16 numbers.
 */
export function analyse(plane: usize, width: usize, height: usize, line: usize, low: usize, down: usize, across: usize, both: usize): void {
  const row = width << 2
  for (let y: usize = 0; y < height; y++) liftAcross(plane + y * row, width >> 1, line)
  liftDown(plane, row, height, 1, FIRST)
  liftDown(plane, row, height, 0, SECOND)
  liftDown(plane, row, height, 1, THIRD)
  liftDown(plane, row, height, 0, FOURTH)
  for (let y: usize = 0; y < height; y += 2) {
    const even = plane + y * row
    const to = (y >> 1) * (row >> 1)
    scaled(even, row >> 1, LOW * LOW, low + to)
    scaled(even + (row >> 1), row >> 1, LOW * HIGH, across + to)
    scaled(even + row, row >> 1, LOW * HIGH, down + to)
    scaled(even + row + (row >> 1), row >> 1, HIGH * HIGH, both + to)
  }
}

/** Even places become the first half of the row, odd ones the second. */
function liftAcross(row: usize, half: usize, line: usize): void {
  const size = half << 2
  const even = line
  const odd = line + size + 32
  for (let x: usize = 0; x < size; x += 16) {
    const a = v128.load(row + 2 * x)
    const b = v128.load(row + 2 * x, 16)
    v128.store(even + x, v128.shuffle<f32>(a, b, 0, 2, 4, 6))
    v128.store(odd + x, v128.shuffle<f32>(a, b, 1, 3, 5, 7))
  }
  liftOdd(even, odd, size, FIRST)
  liftEven(even, odd, size, SECOND)
  liftOdd(even, odd, size, THIRD)
  liftEven(even, odd, size, FOURTH)
  memory.copy(row, even, size)
  memory.copy(row + size, odd, size)
}

function liftOdd(even: usize, odd: usize, size: usize, factor: f32): void {
  store<f32>(even + size, load<f32>(even + size - 4))
  for (let x: usize = 0; x < size; x += 16) lift(odd + x, even + x, even + x + 4, factor)
}

function liftEven(even: usize, odd: usize, size: usize, factor: f32): void {
  store<f32>(odd - 4, load<f32>(odd))
  for (let x: usize = 0; x < size; x += 16) lift(even + x, odd + x - 4, odd + x, factor)
}

function lift(at: usize, one: usize, other: usize, factor: f32): void {
  v128.store(at, f32x4.add(v128.load(at), f32x4.mul(f32x4.splat(factor), f32x4.add(v128.load(one), v128.load(other)))))
}

function liftDown(plane: usize, row: usize, height: usize, first: usize, factor: f32): void {
  for (let y = first; y < height; y += 2) {
    const at = plane + y * row
    const above = y > 0 ? at - row : at + row
    const below = y + 1 < height ? at + row : at - row
    const whole = row & ~15
    for (let x: usize = 0; x < whole; x += 16) lift(at + x, above + x, below + x, factor)
    for (let x = whole; x < row; x += 4) store<f32>(at + x, load<f32>(at + x) + factor * (load<f32>(above + x) + load<f32>(below + x)))
  }
}

function scaled(from: usize, size: usize, factor: f32, to: usize): void {
  for (let x: usize = 0; x < size; x += 16) v128.store(to + x, f32x4.mul(f32x4.splat(factor), v128.load(from + x)))
}

/** The mean square over 3 x 3 numbers, of which those at the edge stand for what is outside. `line` has room for a row and 16 numbers, `out` for three more. */
export function meanSquares(values: usize, width: usize, height: usize, line: usize, out: usize): void {
  const row = width << 2
  const sums = line + 16
  for (let y: usize = 0; y < height; y++) {
    const at = values + y * row
    const above = y > 0 ? at - row : at
    const below = y + 1 < height ? at + row : at
    for (let x: usize = 0; x < row; x += 16) v128.store(sums + x, f32x4.add(square(above + x), f32x4.add(square(at + x), square(below + x))))
    store<f32>(sums - 4, load<f32>(sums))
    store<f32>(sums + row, load<f32>(sums + row - 4))
    for (let x: usize = 0; x < row; x += 16) {
      const three = f32x4.add(v128.load(sums + x - 4), f32x4.add(v128.load(sums + x), v128.load(sums + x + 4)))
      v128.store(out + y * row + x, f32x4.div(three, f32x4.splat(9)))
    }
  }
}

function square(at: usize): v128 {
  const value = v128.load(at)
  return f32x4.mul(value, value)
}

/** Coefficients over their variance and `floor`, added up by their place in a tile of `side` x `side`, a multiple of 4. Width is even. */
export function foldTiles(values: usize, variance: usize, width: usize, height: usize, side: usize, floor: f32, out: usize): void {
  memory.fill(out, 0, (side * side) << 2)
  for (let y: usize = 0; y < height; y++) {
    const to = out + ((y % side) * side << 2)
    for (let left: usize = 0; left < width; left += side) {
      const at = (y * width + left) << 2
      const size = min(side, width - left) << 2
      for (let x: usize = 0; x < (size & ~15); x += 16) {
        const weighted = f32x4.div(v128.load(values + at + x), f32x4.add(v128.load(variance + at + x), f32x4.splat(floor)))
        v128.store(to + x, f32x4.add(v128.load(to + x), weighted))
      }
      for (let x = size & ~15; x < size; x += 4) {
        store<f32>(to + x, load<f32>(to + x) + load<f32>(values + at + x) / (load<f32>(variance + at + x) + floor))
      }
    }
  }
}
