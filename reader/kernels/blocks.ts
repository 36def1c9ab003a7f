/** The pilot's lines block by block. */

/** Samples along a block's side and to its middle, lines, and pairs of those with opposite cycles down. */
const SIDE: usize = 32
const HALF: usize = 16
const LINES: usize = 32
const PAIRS: usize = LINES / 2
/** Bytes of a vector, of the waves of a pair, and of a block's lines: real parts, then imaginary ones. */
const VECTOR: usize = 16
const WAVE: usize = HALF * VECTOR
const BLOCK: usize = 8 * LINES
/** Where a block may begin in a tile, along a side. */
const STARTS: usize = 4

/**
 * The lines of all blocks of which `least` samples lie inside; their numbers among all go to `kept`, how many they are is given. Samples and what lies
 * inside are `columns` x `rows`, multiples of 32. `across` and `down` are the waves of each pair from a block's middle: cosine and sine by turns across, and twice each down.
 * `turns` are cosines, then sines that turn a line to the format's phase, by the block's place in the tile, of which the first has the number `left`, `top`. `folded` has room for
 * 1,088 numbers.
 */
export function blockLines(
  samples: usize, inside: usize, columns: usize, rows: usize, least: i32, left: usize, top: usize,
  across: usize, down: usize, turns: usize, folded: usize, kept: usize, out: usize,
): usize {
  let count: usize = 0
  const wide = columns / SIDE
  for (let y: usize = 0; y < rows / SIDE; y++) {
    for (let x: usize = 0; x < wide; x++) {
      const at = y * SIDE * columns + x * SIDE
      if (seen(inside + at, columns) < least) continue
      fold(samples + 4 * at, 4 * columns, folded)
      const place = STARTS * ((top + y) % STARTS) + ((left + x) % STARTS)
      measure(folded, across, down, turns + BLOCK * place, out + BLOCK * count)
      store<usize>(kept + 4 * count, y * wide + x)
      count++
    }
  }
  return count
}

function seen(inside: usize, pitch: usize): i32 {
  let sum = i8x16.splat(0)
  let more = i8x16.splat(0)
  for (let y: usize = 0; y < SIDE; y++, inside += pitch) {
    sum = i8x16.add(sum, v128.load(inside))
    more = i8x16.add(more, v128.load(inside, 16))
  }
  const wide = i16x8.add(i16x8.extadd_pairwise_i8x16_u(sum), i16x8.extadd_pairwise_i8x16_u(more))
  const four = i32x4.extadd_pairwise_i16x8_u(wide)
  return i32x4.extract_lane(four, 0) + i32x4.extract_lane(four, 1) + i32x4.extract_lane(four, 2) + i32x4.extract_lane(four, 3)
}

/** A block folded at its middle, four numbers for each place: even or odd down and, by turns, across. */
function fold(block: usize, pitch: usize, out: usize): void {
  for (let y: usize = 0; y < HALF; y++) {
    const below = block + (HALF + y) * pitch
    const above = block + (HALF - 1 - y) * pitch
    for (let x: usize = 0; x < HALF; x += 4) {
      const a = v128.load(below + 4 * (HALF + x))
      const b = backwards(below + 4 * (HALF - 4 - x))
      const c = v128.load(above + 4 * (HALF + x))
      const d = backwards(above + 4 * (HALF - 4 - x))
      const ac = f32x4.add(a, c)
      const bd = f32x4.add(b, d)
      const evenDown = f32x4.add(ac, bd)
      const oddAcross = f32x4.sub(ac, bd)
      const less = f32x4.sub(a, c)
      const lessToo = f32x4.sub(b, d)
      spread(evenDown, oddAcross, f32x4.add(less, lessToo), f32x4.sub(less, lessToo), out)
      out += 4 * VECTOR
    }
  }
}

function backwards(at: usize): v128 {
  const forwards = v128.load(at)
  return v128.shuffle<f32>(forwards, forwards, 3, 2, 1, 0)
}

/** Four vectors, place by place. */
function spread(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
  const rest = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
  const last = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5))
  v128.store(to, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 16)
  v128.store(to, v128.shuffle<f32>(rest, last, 0, 1, 4, 5), 32)
  v128.store(to, v128.shuffle<f32>(rest, last, 2, 3, 6, 7), 48)
}

function measure(folded: usize, across: usize, down: usize, turns: usize, out: usize): void {
  for (let pair: usize = 0; pair < PAIRS; pair += 4) {
    const wave = across + WAVE * pair
    let s0 = f32x4.splat(0)
    let s1 = f32x4.splat(0)
    let s2 = f32x4.splat(0)
    let s3 = f32x4.splat(0)
    for (let y: usize = 0; y < HALF; y++) {
      const row = folded + WAVE * y
      let a0 = f32x4.splat(0)
      let a1 = f32x4.splat(0)
      let a2 = f32x4.splat(0)
      let a3 = f32x4.splat(0)
      for (let x: usize = 0; x < WAVE; x += VECTOR) {
        const value = v128.load(row + x)
        a0 = f32x4.add(a0, f32x4.mul(value, v128.load(wave + x)))
        a1 = f32x4.add(a1, f32x4.mul(value, v128.load(wave + x, WAVE)))
        a2 = f32x4.add(a2, f32x4.mul(value, v128.load(wave + x, 2 * WAVE)))
        a3 = f32x4.add(a3, f32x4.mul(value, v128.load(wave + x, 3 * WAVE)))
      }
      const waves = down + WAVE * pair + VECTOR * y
      s0 = f32x4.add(s0, f32x4.mul(a0, v128.load(waves)))
      s1 = f32x4.add(s1, f32x4.mul(a1, v128.load(waves, WAVE)))
      s2 = f32x4.add(s2, f32x4.mul(a2, v128.load(waves, 2 * WAVE)))
      s3 = f32x4.add(s3, f32x4.mul(a3, v128.load(waves, 3 * WAVE)))
    }
    storePair(s0, turns, out, pair)
    storePair(s1, turns, out, pair + 1)
    storePair(s2, turns, out, pair + 2)
    storePair(s3, turns, out, pair + 3)
  }
}

/** The two lines of a pair: with its cycles down, and with the opposite ones. */
function storePair(sums: v128, turns: usize, out: usize, pair: usize): void {
  const p = f32x4.extract_lane(sums, 0)
  const q = f32x4.extract_lane(sums, 1)
  const r = f32x4.extract_lane(sums, 2)
  const s = f32x4.extract_lane(sums, 3)
  storeLine(p - s, -q - r, turns, out, 2 * pair)
  storeLine(p + s, r - q, turns, out, 2 * pair + 1)
}

function storeLine(re: f32, im: f32, turns: usize, out: usize, k: usize): void {
  const c = load<f32>(turns + 4 * k)
  const s = load<f32>(turns + 4 * (LINES + k))
  store<f32>(out + 4 * k, re * c - im * s)
  store<f32>(out + 4 * (LINES + k), im * c + re * s)
}

/** Scale each line to a mean square of 1 over all blocks, and cut to `most` what stands out of its block: twice, the second time alone with a cut. */
export function flattenLines(lines: usize, count: usize, most: f32): void {
  const end = lines + BLOCK * count
  for (let k: usize = 0; k < 4 * LINES; k += VECTOR) {
    scaleLines(lines + k, end, count, f32.MAX_VALUE)
    scaleLines(lines + k, end, count, most)
  }
}

function scaleLines(lines: usize, end: usize, count: usize, most: f32): void {
  let squares = f32x4.splat(0)
  for (let at = lines; at < end; at += BLOCK) squares = f32x4.add(squares, square(at))
  const some = f32x4.gt(squares, f32x4.splat(0))
  const scale = v128.and(some, f32x4.sqrt(f32x4.div(f32x4.splat(<f32>count), squares)))
  const limit = f32x4.splat(most)
  for (let at = lines; at < end; at += BLOCK) {
    const size = f32x4.mul(scale, f32x4.sqrt(square(at)))
    const factor = v128.bitselect(f32x4.div(f32x4.mul(scale, limit), size), scale, f32x4.gt(size, limit))
    v128.store(at, f32x4.mul(factor, v128.load(at)))
    v128.store(at, f32x4.mul(factor, v128.load(at, 4 * LINES)), 4 * LINES)
  }
}

function square(at: usize): v128 {
  const re = v128.load(at)
  const im = v128.load(at, 4 * LINES)
  return f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im))
}
