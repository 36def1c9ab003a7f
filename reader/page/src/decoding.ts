/** From a file to its stored pixels, in the worker, by the browser's own decoders. */

import { ReaderError, type Picture } from '../../src/index.ts'
import { sizeOf } from '../../src/node/sizes.ts'
import { examinedSize, MOST_OPENED } from './shrinking.ts'

/** Neither orientation, colour profile nor transparency is applied, as far as the browser allows. */
const STORED: ImageBitmapOptions = { imageOrientation: 'none', colorSpaceConversion: 'none', premultiplyAlpha: 'none' }

/** Decode a picture, and make it smaller where it is very large; `told` hears of the latter. */
export async function decodeLimited(file: Uint8Array<ArrayBuffer>, told: () => void): Promise<Picture> {
  const bitmap = await open(file, sizeOf(file), told).catch((error: unknown) => {
    if (error instanceof ReaderError) throw error
    throw new ReaderError('input.corrupt', 'This is not a picture that this browser can open.', { cause: error })
  })
  const { width, height } = bitmap
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new ReaderError('input.too_costly', 'The browser has no memory left for the picture.')
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  const { data } = context.getImageData(0, 0, width, height)
  canvas.width = 0 // lets go of its pixels at once, and not when the browser tidies up
  return { width, height, data }
}

async function open(file: Uint8Array<ArrayBuffer>, stated: { width: number; height: number } | undefined, told: () => void): Promise<ImageBitmap> {
  const blob = new Blob([file])
  if (!stated) return createImageBitmap(blob, STORED)
  if (stated.width * stated.height > MOST_OPENED) throw new ReaderError('input.too_costly', 'The picture is too large.')
  const { width, height } = examinedSize(stated.width, stated.height)
  if (width === stated.width) return createImageBitmap(blob, STORED)
  told()
  return createImageBitmap(blob, { ...STORED, resizeWidth: width, resizeHeight: height, resizeQuality: 'high' })
}
