/** Frames of a film added up to one grey picture: each place counts by its frame's worth, and by how well it hides. */

import { layoutOf, Luma, type Picture } from '../picture/picture.ts'

/** Pixels along a square whose mean a smooth picture is made of. */
const SQUARE = 8
/** Grey levels squared: what detail counts for where there is none. */
const FLOOR = 3 ** 2
/** The grey level of no detail. */
const MIDDLE = 128

/** One grey picture from frames of one size; each counts by its worth, which is the bytes that its file spends on it. */
export function sumFrames(frames: readonly Picture[], worths: readonly number[]): Picture {
  const { width, height } = frames[0]!
  const [sum, weights] = [new Float32Array(width * height), new Float32Array(width * height)]
  const detail = new Float32Array(width * height)
  const squares = new Float32Array(width * height)
  const smooth = new Smooth(width, height)
  const most = Math.max(...worths)
  frames.forEach((frame, n) => {
    const worth = worths[n]! / most
    if (!(worth > 0)) return
    takeLuma(frame, detail)
    smooth.of(detail, (at, value) => {
      detail[at]! -= value
      squares[at] = detail[at]! * detail[at]!
    })
    smooth.of(squares, (at, value) => {
      const weight = worth / (value + FLOOR)
      sum[at]! += weight * detail[at]!
      weights[at]! += weight
    })
  })
  const data = new Uint8ClampedArray(sum.length) // rounds and clips
  for (let n = 0; n < data.length; n++) data[n] = MIDDLE + (weights[n]! > 0 ? sum[n]! / weights[n]! : 0)
  return { width, height, data }
}

function takeLuma(frame: Picture, out: Float32Array): void {
  if (layoutOf(frame).step === 1) out.set(frame.data)
  else out.set(new Luma(frame).whole().data)
}

/** Between which squares a pixel lies along one side, and how near it is to the second. */
interface Between {
  readonly before: Int32Array
  readonly after: Int32Array
  readonly share: Float32Array
}

function between(size: number): Between {
  const last = Math.ceil(size / SQUARE) - 1
  const places = Float64Array.from({ length: size }, (_, n) => Math.min(last, Math.max(0, (n + 0.5) / SQUARE - 0.5)))
  const before = Int32Array.from(places, Math.floor)
  return { before, after: before.map((n) => Math.min(last, n + 1)), share: Float32Array.from(places, (place, n) => place - before[n]!) }
}

/** Smooth pictures of one size: means of squares, interpolated back to every pixel. */
class Smooth {
  readonly #width: number
  readonly #height: number
  readonly #columns: number
  readonly #means: Float64Array
  readonly #across: Between
  readonly #down: Between
  readonly #line: Float32Array

  constructor(width: number, height: number) {
    this.#width = width
    this.#height = height
    this.#columns = Math.ceil(width / SQUARE)
    this.#means = new Float64Array(this.#columns * Math.ceil(height / SQUARE))
    this.#across = between(width)
    this.#down = between(height)
    this.#line = new Float32Array(this.#columns)
  }

  /** Tell the smooth picture of a plane pixel by pixel; what is told no longer depends on the plane. */
  of(data: Float32Array, tell: (at: number, value: number) => void): void {
    this.#measure(data)
    const { before, after, share } = this.#across
    const line = this.#line
    for (let y = 0, at = 0; y < this.#height; y++) {
      this.#take(y)
      for (let x = 0; x < this.#width; x++, at++) {
        const left = line[before[x]!]!
        tell(at, left + share[x]! * (line[after[x]!]! - left))
      }
    }
  }

  #measure(data: Float32Array): void {
    const means = this.#means.fill(0)
    for (let y = 0, at = 0; y < this.#height; y++) {
      const row = Math.floor(y / SQUARE) * this.#columns
      for (let x = 0; x < this.#width; x++, at++) means[row + Math.floor(x / SQUARE)]! += data[at]!
    }
    const extent = (n: number, size: number) => Math.min(SQUARE, size - n * SQUARE)
    for (let n = 0; n < means.length; n++) {
      const [row, column] = [Math.floor(n / this.#columns), n % this.#columns]
      means[n]! /= extent(row, this.#height) * extent(column, this.#width)
    }
  }

  /** The means between two rows of squares. */
  #take(y: number): void {
    const { before, after, share } = this.#down
    const [above, below] = [before[y]! * this.#columns, after[y]! * this.#columns]
    for (let n = 0; n < this.#columns; n++) {
      const mean = this.#means[above + n]!
      this.#line[n] = mean + share[y]! * (this.#means[below + n]! - mean)
    }
  }
}
