/** Successive cancellation of the polar code with a list (Tal and Vardy), in the min-sum form. Subtrees that are wholly frozen, or frozen but for their last bit, are taken at once. */

const LEVELS: usize = 10
const FROZEN: u8 = 0
const REPETITION: u8 = 1

/** Of the decoding under way: paths at most and at this moment, what each subtree is, level by level, and where its rows lie. */
let paths: usize = 0
let count: usize = 0
let kinds: usize = 0
let soft: usize = 0
let left: usize = 0
let out: usize = 0
let softRows: usize = 0
let leftRows: usize = 0
let metrics: usize = 0
let candidates: usize = 0
let order: usize = 0
let scratch: usize = 0

/**
 * Decode 1,024 soft bits, which stand first in `work`: how many paths survive, at most `most`. Their code words lie, one byte a bit, from `words` on, and their costs, one f64 each, from
 * `costs` on. `work` has room for 8,188 bytes for each path, `words` for 4,094, `costs` for 8 and `rows` for 128.
 */
export function decodeList(most: usize, subtrees: usize, work: usize, words: usize, costs: usize, rows: usize): usize {
  paths = most
  count = 1
  kinds = subtrees
  soft = work
  out = words
  left = words + 2047 * most
  metrics = costs
  softRows = rows
  leftRows = softRows + 4 * most * (LEVELS + 1)
  order = leftRows + 4 * most * (LEVELS + 1)
  scratch = order + 8 * most
  candidates = scratch + 4 * most
  memory.fill(rows, 0, 8 * most * (LEVELS + 1))
  store<f64>(metrics, 0)
  node(LEVELS, 0, outAt(LEVELS))
  return count
}

/** Rows of the highest level come first: there is one of soft bits, and the words that are wanted. */
function before(level: usize): usize {
  return 2048 - (<usize>2 << level)
}

function softAt(level: usize): usize {
  return soft + 4 * paths * before(level)
}

function leftAt(level: usize): usize {
  return left + paths * before(level)
}

function outAt(level: usize): usize {
  return out + paths * before(level)
}

/** Decode one subtree; its sums go into `to`, one row for each path. */
function node(level: usize, place: usize, to: usize): void {
  const kind = load<u8>(kinds + 2048 - (<usize>2048 >> level) + place)
  if (kind == FROZEN) frozen(level, to)
  else if (kind == REPETITION) repetition(level, to)
  else mixed(level, place, to)
}

function mixed(level: usize, place: usize, to: usize): void {
  const below = level - 1
  const half: usize = <usize>1 << below
  const sums = leftAt(below)
  const rows = leftRows + 4 * paths * below
  descend(level, half, false)
  node(below, 2 * place, sums)
  for (let path: usize = 0; path < count; path++) store<u32>(rows + 4 * path, <u32>path)
  descend(level, half, true)
  const right = outAt(below)
  node(below, 2 * place + 1, right)
  for (let path: usize = 0; path < count; path++) {
    const row = to + path * 2 * half
    const first = sums + <usize>load<u32>(rows + 4 * path) * half
    const second = right + path * half
    for (let n: usize = 0; n < half; n++) store<u8>(row + n, load<u8>(first + n) ^ load<u8>(second + n))
    memory.copy(row + half, second, half)
  }
}

/** Soft bits of the left or the right half, from those of the whole. */
function descend(level: usize, half: usize, right: bool): void {
  const from = softAt(level)
  const to = softAt(level - 1)
  const rows = softRows + 4 * paths * level
  for (let path: usize = 0; path < count; path++) {
    store<u32>(rows - 4 * paths + 4 * path, <u32>path)
    const one = from + <usize>load<u32>(rows + 4 * path) * 8 * half
    const bits = leftAt(level - 1) + <usize>load<u32>(leftRows + 4 * paths * (level - 1) + 4 * path) * half
    const at = to + 4 * path * half
    if (right) rightHalf(one, half, bits, at)
    else leftHalf(one, half, at)
  }
}

/** The lesser of both sizes, with the signs multiplied. */
function leftHalf(one: usize, half: usize, to: usize): void {
  const far = half * 4
  const whole = half & ~3
  for (let n: usize = 0; n < 4 * whole; n += 16) {
    const x = v128.load(one + n)
    const y = v128.load(one + n + far)
    const signs = v128.and(v128.xor(x, y), i32x4.splat(i32.MIN_VALUE))
    v128.store(to + n, v128.or(signs, f32x4.pmin(f32x4.abs(x), f32x4.abs(y))))
  }
  for (let n = whole * 4; n < far; n += 4) {
    const x = load<f32>(one + n)
    const y = load<f32>(one + n + far)
    const least = min(abs(x), abs(y))
    store<f32>(to + n, x < 0 != y < 0 ? -least : least)
  }
}

/** The second half, and the first one with the sign of its sum. */
function rightHalf(one: usize, half: usize, bits: usize, to: usize): void {
  const far = half * 4
  const whole = half & ~3
  for (let n: usize = 0; n < whole; n += 4) {
    const signs = i32x4.shl(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(bits + n))), 31)
    v128.store(to + 4 * n, f32x4.add(v128.load(one + 4 * n + far), v128.xor(signs, v128.load(one + 4 * n))))
  }
  for (let n = whole; n < half; n++) {
    const x = load<f32>(one + 4 * n)
    store<f32>(to + 4 * n, load<f32>(one + 4 * n + far) + (load<u8>(bits + n) ? -x : x))
  }
}

/** What it costs that all bits of a row are zeros, or ones. */
function cost(row: usize, size: usize, ones: bool): f64 {
  let sum: f64 = 0
  for (let n: usize = 0; n < size; n++) {
    const value = load<f32>(row + 4 * n)
    if (ones ? value > 0 : value < 0) sum += abs(value)
  }
  return sum
}

function rowAt(level: usize, path: usize): usize {
  return softAt(level) + (<usize>load<u32>(softRows + 4 * (paths * level + path)) << (level + 2))
}

function frozen(level: usize, to: usize): void {
  const size: usize = <usize>1 << level
  for (let path: usize = 0; path < count; path++) store<f64>(metrics + 8 * path, load<f64>(metrics + 8 * path) + cost(rowAt(level, path), size, false))
  memory.fill(to, 0, count * size)
}

/** All bits of the subtree are equal: every path goes on with both values, and the best ones stay. */
function repetition(level: usize, to: usize): void {
  const size: usize = <usize>1 << level
  for (let path: usize = 0; path < count; path++) {
    const metric = load<f64>(metrics + 8 * path)
    const row = rowAt(level, path)
    store<f64>(candidates + 8 * path, metric + cost(row, size, false))
    store<f64>(candidates + 8 * (count + path), metric + cost(row, size, true))
  }
  const kept = min(paths, 2 * count)
  rank(2 * count)
  for (let n: usize = 0; n < kept; n++) {
    const chosen = load<u32>(order + 4 * n)
    store<f64>(metrics + 8 * n, load<f64>(candidates + 8 * chosen))
    memory.fill(to + n * size, chosen >= <u32>count ? 1 : 0, size)
    if (chosen >= <u32>count) store<u32>(order + 4 * n, chosen - <u32>count)
  }
  for (let above = level; above <= LEVELS; above++) {
    follow(softRows + 4 * paths * above, kept)
    follow(leftRows + 4 * paths * above, kept)
  }
  count = kept
}

/** The candidates in order, best first, if not all of them stay; equal ones in order of place. */
function rank(all: usize): void {
  for (let n: usize = 0; n < all; n++) {
    const own = load<f64>(candidates + 8 * n)
    let at = n
    for (; all > paths && at > 0 && load<f64>(candidates + 8 * load<u32>(order + 4 * at - 4)) > own; at--) store<u32>(order + 4 * at, load<u32>(order + 4 * at - 4))
    store<u32>(order + 4 * at, <u32>n)
  }
}

/** The rows of the paths that stay. */
function follow(rows: usize, kept: usize): void {
  memory.copy(scratch, rows, 4 * paths)
  for (let n: usize = 0; n < kept; n++) store<u32>(rows + 4 * n, load<u32>(scratch + 4 * load<u32>(order + 4 * n)))
}

/** The transform of the code, in place: its own inverse. One byte a bit, their number a power of two. */
export function transformBits(bits: usize, size: usize): void {
  const end = bits + size
  for (let half: usize = 1; half < size; half <<= 1) {
    for (let at = bits; at < end; at += half) {
      for (const stop = at + half; at < stop; ) {
        if (half < 16) {
          store<u8>(at, load<u8>(at) ^ load<u8>(at + half))
          at++
        } else {
          v128.store(at, v128.xor(v128.load(at), v128.load(at + half)))
          at += 16
        }
      }
    }
  }
}
