/** From a file to its stored pixels, in the worker, by the browser's own decoders. */

import { decodeBitmap, ReaderError, type Picture } from '../../src/index.ts'
import { sizeOf } from '../../src/node/sizes.ts'
import { examinedSize, MOST_OPENED } from './shrinking.ts'

/** Decode a picture, and make it smaller where it is very large; `told` hears of the latter. */
export async function decodeLimited(file: Uint8Array, told: () => void): Promise<Picture> {
  const stated = sizeOf(file)
  if (!stated) return decodeBitmap(file)
  const { width, height } = stated
  if (width * height > MOST_OPENED) throw new ReaderError('input.too_costly', 'The picture is too large.')
  const wanted = examinedSize(width, height)
  if (wanted.width === width) return decodeBitmap(file)
  told()
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(file)]), {
    imageOrientation: 'none',
    colorSpaceConversion: 'none',
    resizeWidth: wanted.width,
    resizeHeight: wanted.height,
    resizeQuality: 'high',
  })
  return pixelsOf(bitmap, bitmap.width, bitmap.height)
}

/** Read the pixels of what can be drawn, and let go of it. */
export function pixelsOf(source: ImageBitmap, width: number, height: number): Picture {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (!context) throw new ReaderError('input.too_costly', 'The browser has no memory left for the picture.')
  context.drawImage(source, 0, 0)
  source.close()
  return { width, height, data: context.getImageData(0, 0, width, height).data }
}
