/** Pictures as the reader takes them, and planes of one number for each place. */

/** Stored pixels in row order: a byte each of grey, or 3 or 4 of red, green, blue and, not looked at, alpha. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array | Uint8ClampedArray
}

export interface Plane {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
}

/** Bytes from pixel to pixel, and where in one its green and its blue are: in a grey one all are the same byte. */
export interface Layout {
  readonly step: number
  readonly green: number
  readonly blue: number
}

export function layoutOf({ width, height, data }: Picture): Layout {
  const step = data.length / (width * height)
  if (step === 1) return { step, green: 0, blue: 0 }
  if (step === 3 || step === 4) return { step, green: 1, blue: 2 }
  throw new RangeError('A picture has 1, 3 or 4 bytes for each pixel.')
}

const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114]

export function emptyPlane(width: number, height: number): Plane {
  return { width, height, data: new Float32Array(width * height) }
}

/** A plane whose rows can be had one by one, so that a large one need not be made for what is made smaller at once. */
export interface Rows {
  readonly width: number
  readonly height: number
  /** Holds until other rows are asked for. */
  row(y: number): Float32Array
  /** All of it, made once. */
  whole(): Plane
}

export function rowsOf(plane: Plane): Rows {
  const { width, height, data } = plane
  return { width, height, row: (y) => data.subarray(y * width, (y + 1) * width), whole: () => plane }
}

/** Rows that are kept: whoever makes a picture smaller asks for neighbours again and again. */
const KEPT_ROWS = 64

/** Luma of every pixel, 0 to 255. */
export class Luma implements Rows {
  readonly width: number
  readonly height: number
  readonly #pixels: Picture['data']
  readonly #layout: Layout
  readonly #kept: Float32Array
  readonly #held = new Int32Array(KEPT_ROWS).fill(-1)
  #whole: Plane | undefined

  constructor(picture: Picture) {
    const { width, height, data } = picture
    this.width = width
    this.height = height
    this.#pixels = data
    this.#layout = layoutOf(picture)
    this.#kept = new Float32Array(KEPT_ROWS * width)
  }

  row(y: number): Float32Array {
    const { width } = this
    if (this.#whole) return this.#whole.data.subarray(y * width, (y + 1) * width)
    const slot = y % KEPT_ROWS
    const row = this.#kept.subarray(slot * width, (slot + 1) * width)
    if (this.#held[slot] !== y) this.#take(y * width, row)
    this.#held[slot] = y
    return row
  }

  whole(): Plane {
    if (this.#whole) return this.#whole
    const plane = emptyPlane(this.width, this.height)
    this.#take(0, plane.data)
    this.#whole = plane
    return plane
  }

  #take(first: number, out: Float32Array): void {
    const data = this.#pixels
    const { step, green, blue } = this.#layout
    for (let n = 0, at = first * step; n < out.length; n++, at += step) out[n] = RED * data[at]! + GREEN * data[at + green]! + BLUE * data[at + blue]!
  }
}
