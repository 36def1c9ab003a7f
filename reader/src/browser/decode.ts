/** Pictures out of files, in browsers and their workers: by the browser's own decoders. */

import { ReaderError } from '../errors.ts'
import type { Picture } from '../picture/picture.ts'

/** Pixels that are decoded at most. */
const MOST_PIXELS = 100_000_000

/**
 * Decode a file's stored pixels: its orientation and its colour profile are not applied. Where a file is transparent,
 * a canvas keeps less than was stored.
 */
export async function decodeBitmap(file: Uint8Array): Promise<Picture> {
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(file)]), {
    imageOrientation: 'none',
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  }).catch((error: unknown) => {
    throw new ReaderError('input.corrupt', 'This is no picture that this browser can show.', { cause: error })
  })
  const { width, height } = bitmap
  if (width * height > MOST_PIXELS) {
    bitmap.close()
    throw new ReaderError('input.too_costly', `A picture of ${width} x ${height} pixels is not read here.`)
  }
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new ReaderError('input.too_costly', 'The browser has no memory left for the picture.')
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  return { width, height, data: context.getImageData(0, 0, width, height).data }
}
