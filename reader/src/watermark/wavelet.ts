/** The wavelet of the carrier: CDF 9/7, periodic (section 4). */

/** A picture of numbers in row order. */
export interface Grid {
  readonly width: number
  readonly height: number
  readonly data: Float32Array | Float64Array
}

const G = [0.7884856164055829, 0.41809227322161724, -0.040689417609164058, -0.064538882628697058]
const H = [-0.85269867900889385, 0.37740285561283066, 0.11062440441843718, -0.023849465019556843, -0.03782845550726404]

/** One step back along one axis: low-pass and high-pass values at a stride give twice as many samples. */
function synthesise(low: Float64Array, high: Float64Array, out: Float64Array): void {
  const size = out.length
  out.fill(0)
  for (let k = 0; k < low.length; k++) {
    for (let m = -3; m <= 3; m++) out[(2 * k + m + size) % size]! += low[k]! * G[Math.abs(m)]!
    for (let m = -4; m <= 4; m++) out[(2 * k + 1 + m + size) % size]! += high[k]! * H[Math.abs(m)]!
  }
}

/** One level of the inverse transform of a square; `details` are orientations 0, 1 and 2. */
export function inverse(low: Float64Array, details: readonly Float64Array[], side: number): Float64Array {
  const twice = 2 * side
  const column = (from: Float64Array, x: number) => Float64Array.from({ length: side }, (_, y) => from[y * side + x]!)
  const halves = [
    [low, details[0]!],
    [details[1]!, details[2]!],
  ].map(([smooth, sharp]) => {
    const out = new Float64Array(twice * side)
    const samples = new Float64Array(twice)
    for (let x = 0; x < side; x++) {
      synthesise(column(smooth!, x), column(sharp!, x), samples)
      for (let y = 0; y < twice; y++) out[y * side + x] = samples[y]!
    }
    return out
  })
  const out = new Float64Array(twice * twice)
  for (let y = 0; y < twice; y++) {
    const [smooth, sharp] = halves.map((half) => half.subarray(y * side, (y + 1) * side))
    synthesise(smooth!, sharp!, out.subarray(y * twice, (y + 1) * twice))
  }
  return out
}

/** Lifting steps of CDF 9/7, and the factors that make them the filters above. */
const STEPS = [-1.586134342059924, -0.052980118572961, 0.882911075530934, 0.443506852043971]
const LOW_FACTOR = 1.1496043988602418
const HIGH_FACTOR = -1 / LOW_FACTOR

/** The three detail subbands of a level, by orientation, and what is left below them. */
export interface Level {
  readonly width: number
  readonly height: number
  readonly details: readonly Float32Array[]
  readonly low: Float32Array
}

/** One level of the transform; width and height have to be even. Edges are mirrored. */
export function analyse(data: Float32Array, width: number, height: number): Level {
  const rows = Float32Array.from(data)
  liftAcross(rows, width, height)
  liftDown(rows, width, height)
  const [w, h] = [width / 2, height / 2]
  const band = () => new Float32Array(w * h)
  const [low, down, across, both] = [band(), band(), band(), band()]
  const [ll, lh, hh] = [LOW_FACTOR ** 2, LOW_FACTOR * HIGH_FACTOR, HIGH_FACTOR ** 2]
  for (let y = 0; y < h; y++) {
    const [even, odd, out] = [2 * y * width, (2 * y + 1) * width, y * w]
    for (let x = 0; x < w; x++) {
      low[out + x] = ll * rows[even + 2 * x]!
      across[out + x] = lh * rows[even + 2 * x + 1]!
      down[out + x] = lh * rows[odd + 2 * x]!
      both[out + x] = hh * rows[odd + 2 * x + 1]!
    }
  }
  return { width: w, height: h, details: [down, across, both], low }
}

function liftAcross(data: Float32Array, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    const [from, to] = [y * width, (y + 1) * width]
    STEPS.forEach((factor, n) => {
      const odd = n % 2 === 0
      if (!odd) data[from]! += 2 * factor * data[from + 1]!
      for (let x = from + (odd ? 1 : 2); x < to - 1; x += 2) data[x]! += factor * (data[x - 1]! + data[x + 1]!)
      if (odd) data[to - 1]! += 2 * factor * data[to - 2]!
    })
  }
}

function liftDown(data: Float32Array, width: number, height: number): void {
  STEPS.forEach((factor, n) => {
    for (let y = n % 2 === 0 ? 1 : 0; y < height; y += 2) {
      const above = (y ? y - 1 : 1) * width
      const below = (y + 1 < height ? y + 1 : height - 2) * width
      const row = y * width
      for (let x = 0; x < width; x++) data[row + x]! += factor * (data[above + x]! + data[below + x]!)
    }
  })
}
