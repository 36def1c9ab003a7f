/**
 * Fourier transforms of sizes that are powers of two: Stockham's, on 16 lines at once. A buffer holds, for each place along
 * the lines, 16 real parts and then 16 imaginary ones.
 */

const VECTOR: usize = 16
const PARTS: usize = 64
const PLACE: usize = 2 * PARTS
const LINES: usize = 16

/** Transform `size` places; gives whichever of the two buffers holds the result. `turns` are cosine and sine of each step of a circle. */
export function transform(from: usize, to: usize, turns: usize, size: usize): usize {
  let length = size
  let stride: usize = 1
  while (length > 1) {
    if (length & 3) {
      radix2(from, to, turns, length, stride)
      length >>= 1
      stride <<= 1
    } else {
      radix4(from, to, turns, length, stride)
      length >>= 2
      stride <<= 2
    }
    const spare = from
    from = to
    to = spare
  }
  return from
}

function cosine(turns: usize, n: usize): v128 {
  return v128.load_splat<f32>(turns + 8 * n)
}

function sine(turns: usize, n: usize): v128 {
  return v128.load_splat<f32>(turns + 8 * n, 4)
}

/** Store a number turned by an angle. */
function turned(at: usize, re: v128, im: v128, c: v128, s: v128): void {
  v128.store(at, f32x4.sub(f32x4.mul(re, c), f32x4.mul(im, s)))
  v128.store(at, f32x4.add(f32x4.mul(re, s), f32x4.mul(im, c)), PARTS)
}

function radix2(from: usize, to: usize, turns: usize, length: usize, stride: usize): void {
  const half = length >> 1
  const run = stride * PLACE
  const far = run * half
  for (let p: usize = 0; p < half; p++) {
    const c = cosine(turns, p * stride)
    const s = sine(turns, p * stride)
    let k = to + 2 * run * p
    const end = from + run * p + run
    for (let i = from + run * p; i < end; i += PARTS, k += PARTS) {
      for (const stop = i + PARTS; i < stop; i += VECTOR, k += VECTOR) {
        const re = v128.load(i)
        const im = v128.load(i, PARTS)
        const re1 = v128.load(i + far)
        const im1 = v128.load(i + far, PARTS)
        v128.store(k, f32x4.add(re, re1))
        v128.store(k, f32x4.add(im, im1), PARTS)
        turned(k + run, f32x4.sub(re, re1), f32x4.sub(im, im1), c, s)
      }
    }
  }
}

function radix4(from: usize, to: usize, turns: usize, length: usize, stride: usize): void {
  const quarter = length >> 2
  const run = stride * PLACE
  const far = run * quarter
  for (let p: usize = 0; p < quarter; p++) {
    const n = p * stride
    const c1 = cosine(turns, n)
    const s1 = sine(turns, n)
    const c2 = cosine(turns, 2 * n)
    const s2 = sine(turns, 2 * n)
    const c3 = cosine(turns, 3 * n)
    const s3 = sine(turns, 3 * n)
    let k = to + 4 * run * p
    const end = from + run * p + run
    for (let i = from + run * p; i < end; i += PARTS, k += PARTS) {
      for (const stop = i + PARTS; i < stop; i += VECTOR, k += VECTOR) {
        const j = i + far
        const l = j + far
        const m = l + far
        const re = v128.load(i)
        const im = v128.load(i, PARTS)
        const re2 = v128.load(l)
        const im2 = v128.load(l, PARTS)
        const sr = f32x4.add(re, re2)
        const si = f32x4.add(im, im2)
        const dr = f32x4.sub(re, re2)
        const di = f32x4.sub(im, im2)
        const re1 = v128.load(j)
        const im1 = v128.load(j, PARTS)
        const re3 = v128.load(m)
        const im3 = v128.load(m, PARTS)
        const tr = f32x4.add(re1, re3)
        const ti = f32x4.add(im1, im3)
        const er = f32x4.sub(im1, im3)
        const ei = f32x4.sub(re3, re1)
        v128.store(k, f32x4.add(sr, tr))
        v128.store(k, f32x4.add(si, ti), PARTS)
        turned(k + run, f32x4.add(dr, er), f32x4.add(di, ei), c1, s1)
        turned(k + 2 * run, f32x4.sub(sr, tr), f32x4.sub(si, ti), c2, s2)
        turned(k + 3 * run, f32x4.sub(dr, er), f32x4.sub(di, ei), c3, s3)
      }
    }
  }
}

/** Exchange rows and columns of four vectors, `step` bytes apart at `from`, into such at `to`. */
function transpose(from: usize, step: usize, to: usize, pitch: usize): void {
  const a = v128.load(from)
  const b = v128.load(from + step)
  const c = v128.load(from + 2 * step)
  const d = v128.load(from + 3 * step)
  storeTransposed(a, b, c, d, to, pitch)
}

function storeTransposed(a: v128, b: v128, c: v128, d: v128, to: usize, pitch: usize): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
  const eb = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
  const ed = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5))
  v128.store(to + pitch, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7))
  v128.store(to + 2 * pitch, v128.shuffle<f32>(eb, ed, 0, 1, 4, 5))
  v128.store(to + 3 * pitch, v128.shuffle<f32>(eb, ed, 2, 3, 6, 7))
}

/**
 * Transform 32 rows of `width` numbers, two at a time as real and imaginary part of one, and write half of each one's transform to rows of
 * `pitch` bytes, which have room for three numbers more.
 */
export function transformRows(rows: usize, one: usize, two: usize, turns: usize, width: usize, re: usize, im: usize, pitch: usize): void {
  const row = width << 2
  for (let n: usize = 0; n < LINES; n += 4) {
    for (let x: usize = 0; x < width; x += 4) {
      const from = rows + 2 * n * row + 4 * x
      const to = one + PLACE * x + 4 * n
      transpose(from, 2 * row, to, PLACE)
      transpose(from + row, 2 * row, to + PARTS, PLACE)
    }
  }
  const found = transform(one, two, turns, width)
  for (let n: usize = 0; n < LINES; n += 4) {
    for (let x: usize = 0; x <= width >> 1; x += 4) separate(found + 4 * n, x, width, re + 2 * n * pitch + 4 * x, im + 2 * n * pitch + 4 * x, pitch)
  }
}

/** The transforms of four pairs of rows at four frequencies, each out of that of the pair there and at its negative. */
function separate(found: usize, x: usize, width: usize, re: usize, im: usize, pitch: usize): void {
  const i = found + PLACE * x
  const a = found + PLACE * ((width - x) & (width - 1))
  const b = found + PLACE * (width - x - 1)
  const c = found + PLACE * (width - x - 2)
  const d = found + PLACE * (width - x - 3)
  storeTransposed(sum(i, a), sum(i + PLACE, b), sum(i + 2 * PLACE, c), sum(i + 3 * PLACE, d), re, 2 * pitch)
  storeTransposed(difference(a, i), difference(b, i + PLACE), difference(c, i + 2 * PLACE), difference(d, i + 3 * PLACE), im + pitch, 2 * pitch)
  const j = i + PARTS
  storeTransposed(sum(j, a + PARTS), sum(j + PLACE, b + PARTS), sum(j + 2 * PLACE, c + PARTS), sum(j + 3 * PLACE, d + PARTS), re + pitch, 2 * pitch)
  storeTransposed(difference(j, a + PARTS), difference(j + PLACE, b + PARTS), difference(j + 2 * PLACE, c + PARTS), difference(j + 3 * PLACE, d + PARTS), im, 2 * pitch)
}

function sum(i: usize, j: usize): v128 {
  return f32x4.mul(f32x4.splat(0.5), f32x4.add(v128.load(i), v128.load(j)))
}

function difference(i: usize, j: usize): v128 {
  return f32x4.mul(f32x4.splat(0.5), f32x4.sub(v128.load(i), v128.load(j)))
}

/** Transform columns of `height` rows of `pitch` bytes, which hold a multiple of 16 numbers, in place. */
export function transformColumns(re: usize, im: usize, pitch: usize, height: usize, one: usize, two: usize, turns: usize): void {
  for (let left: usize = 0; left < pitch; left += PARTS) {
    for (let y: usize = 0; y < height; y++) {
      copyLine(re + y * pitch + left, one + y * PLACE)
      copyLine(im + y * pitch + left, one + y * PLACE + PARTS)
    }
    const found = transform(one, two, turns, height)
    for (let y: usize = 0; y < height; y++) {
      copyLine(found + y * PLACE, re + y * pitch + left)
      copyLine(found + y * PLACE + PARTS, im + y * pitch + left)
    }
  }
}

function copyLine(from: usize, to: usize): void {
  v128.store(to, v128.load(from))
  v128.store(to, v128.load(from, 16), 16)
  v128.store(to, v128.load(from, 32), 32)
  v128.store(to, v128.load(from, 48), 48)
}
