/** Pictures as the reader takes them, and planes of one number for each place. */

import { bytes, floats, kernels, layOut } from '../numeric/kernels.ts'

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

/** What red, green and blue count in luma. */
export const LUMA = [0.299, 0.587, 0.114] as const

export function emptyPlane(width: number, height: number): Plane {
  return { width, height, data: new Float32Array(width * height) }
}

/** A plane whose rows can be had few by few, so that a large one need not be made for what is made smaller at once. */
export interface Rows {
  readonly width: number
  readonly height: number
  /** Write some rows to the kernels' memory, at most `BATCH`; `spare` is room there of as many numbers. */
  into(first: number, count: number, address: number, spare: number): void
  /** All of it, made once. */
  whole(): Plane
}

/** Rows that are written at once. */
export const BATCH = 32

export function rowsOf(plane: Plane): Rows {
  const { width, height, data } = plane
  const into = (first: number, count: number, address: number) => {
    floats(address, count * width).set(data.subarray(first * width, (first + count) * width))
  }
  return { width, height, into, whole: () => plane }
}

/** Luma of every pixel, 0 to 255. */
export class Luma implements Rows {
  readonly width: number
  readonly height: number
  readonly #pixels: Picture['data']
  readonly #step: number
  #whole: Plane | undefined

  constructor(picture: Picture) {
    this.width = picture.width
    this.height = picture.height
    this.#pixels = picture.data
    this.#step = layoutOf(picture).step
  }

  into(first: number, count: number, address: number, spare: number): void {
    const bytesPerRow = this.width * this.#step
    bytes(spare, count * bytesPerRow).set(this.#pixels.subarray(first * bytesPerRow, (first + count) * bytesPerRow))
    kernels().luma(spare, this.#step, count * this.width, address, ...LUMA)
  }

  whole(): Plane {
    if (this.#whole) return this.#whole
    const plane = emptyPlane(this.width, this.height)
    const room = BATCH * this.width
    const [rows, spare] = layOut(room, room)
    for (let top = 0; top < this.height; top += BATCH) {
      const count = Math.min(BATCH, this.height - top)
      this.into(top, count, rows, spare)
      plane.data.set(floats(rows, count * this.width), top * this.width)
    }
    this.#whole = plane
    return plane
  }
}
