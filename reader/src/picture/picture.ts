/** Pictures as the reader takes them, and planes of one number for each place. */

/** Stored pixels in row order, 3 or 4 bytes each: red, green, blue and, not looked at, alpha. */
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

const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114]

export function emptyPlane(width: number, height: number): Plane {
  return { width, height, data: new Float32Array(width * height) }
}

/** Luma of every pixel, 0 to 255. */
export function luma(picture: Picture): Plane {
  const { width, height, data } = picture
  const step = data.length / (width * height)
  if (step !== 3 && step !== 4) throw new RangeError('A picture has 3 or 4 bytes for each pixel.')
  const plane = emptyPlane(width, height)
  for (let n = 0, at = 0; n < plane.data.length; n++, at += step) {
    plane.data[n] = RED * data[at]! + GREEN * data[at + 1]! + BLUE * data[at + 2]!
  }
  return plane
}
