/** Pictures out of files, on Node: PNG, JPEG and WebP, by WebAssembly that lies beside this file. */

import decodeJpeg, { init as initJpeg } from '@jsquash/jpeg/decode.js'
import decodePng, { init as initPng } from '@jsquash/png/decode.js'
import decodeWebp, { init as initWebp } from '@jsquash/webp/decode.js'
import { readFile } from 'node:fs/promises'
import { ReaderError } from '../errors.ts'
import type { Picture } from '../picture/picture.ts'
import { sizeOf, type Format } from './sizes.ts'

/** Pixels, and pixels along a side, that are decoded at most. */
const MOST_PIXELS = 100_000_000
const MOST_SIDE = 65_535

class Pixels {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data
    this.width = width
    this.height = height
  }
}

/** The decoders make an `ImageData`, which browsers have and Node has not. */
const world = globalThis as { ImageData?: unknown }

async function code(name: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL(name, import.meta.url)))
}

const DECODERS: Record<Format, (bytes: ArrayBuffer) => Promise<Picture>> = {
  png: async (bytes) => {
    await initPng(await code('squoosh_png_bg.wasm'))
    return decodePng(bytes)
  },
  jpeg: async (bytes) => {
    await initJpeg(await code('mozjpeg_dec.wasm'))
    return decodeJpeg(bytes)
  },
  webp: async (bytes) => {
    await initWebp(await code('webp_dec.wasm'))
    return decodeWebp(bytes)
  },
}

/** Decode a file's stored pixels; its orientation is not applied, as the format asks. */
export async function decodePicture(bytes: Uint8Array): Promise<Picture> {
  const size = sizeOf(bytes)
  if (!size) throw new ReaderError('input.unsupported', 'This is not a PNG, JPEG or WebP file.')
  const { format, width, height } = size
  if (width === 0 || height === 0 || Math.max(width, height) > MOST_SIDE || width * height > MOST_PIXELS) {
    throw new ReaderError('input.too_costly', `A picture of ${width} x ${height} pixels is not read here.`)
  }
  world.ImageData ??= Pixels
  const picture = await DECODERS[format](Uint8Array.from(bytes).buffer).catch((error: unknown) => {
    throw new ReaderError('input.corrupt', `The file's picture can't be decoded (${format}).`, { cause: error })
  })
  if (picture.width !== width || picture.height !== height) {
    throw new ReaderError('input.corrupt', 'The picture has another size than the file says.')
  }
  return picture
}
