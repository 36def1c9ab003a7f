/** Pictures out of files, on Node: PNG, JPEG, WebP and AVIF, by WebAssembly that lies beside this file. */

import decodeAvif, { init as initAvif } from '@jsquash/avif/decode.js'
import decodeJpeg, { init as initJpeg } from '@jsquash/jpeg/decode.js'
import decodePng, { init as initPng } from '@jsquash/png/decode.js'
import decodeWebp, { init as initWebp } from '@jsquash/webp/decode.js'
import { readFile } from 'node:fs/promises'
import { joined } from '../bytes/text.ts'
import { ReaderError } from '../errors.ts'
import type { Picture } from '../picture/picture.ts'
import { otherFormat, sizeOf, type Format, type Size } from './sizes.ts'

/** Pixels, and pixels along a side, that are decoded at most. */
const MOST_PIXELS = 100_000_000
const MOST_SIDE = 65_535
/** Channels of a JPEG that is for a printing press: cyan, magenta, yellow and black. */
const PRINTED = 4
const READ_HERE = 'PNG, JPEG, WebP and AVIF are read here. Convert it to PNG, or use "provenance verify", which reads more.'

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

type Decoder = (bytes: ArrayBuffer) => Promise<Picture>

/** A decoder that is opened at its first picture and kept: each that is opened has memory of its own. */
function kept(name: string, open: (code: WebAssembly.Module) => Promise<unknown>, decode: Decoder): Decoder {
  let opened: Promise<unknown> | undefined
  return async (bytes) => {
    opened ??= readFile(new URL(name, import.meta.url)).then((code) => WebAssembly.compile(code)).then(open)
    await opened
    return decode(bytes)
  }
}

/** How jSquash's decoders are opened: their types leave out the second argument, which is passed on to Emscripten. */
type Init = (code: WebAssembly.Module, options: { printErr: (line: string) => void }) => Promise<void>

/** Opens a decoder so that what it says is heard here: standard error is the command's own. */
const heard = (init: unknown, hear: (line: string) => void = () => undefined) => (code: WebAssembly.Module) =>
  (init as Init)(code, { printErr: hear })

/** What the JPEG library said of the file that it decodes. It fills up with grey what a file lacks, and only says so. */
const warnings: string[] = []
/** The end of the file decoded before: files are decoded one by one, so that a warning is of one. */
let before: Promise<unknown> = Promise.resolve()
const END_OF_IMAGE = Uint8Array.of(0xff, 0xd9)

/** Decode a JPEG that holds all of its picture. Where nothing but the marker of its end is missing, it does. */
function decodeWhole(bytes: ArrayBuffer): Promise<Picture> {
  const decode = async () => {
    const [picture, said] = await listen(bytes)
    if (!/premature end of jpeg file/i.test(said)) return picture
    const [, saidAgain] = await listen(joined(new Uint8Array(bytes), END_OF_IMAGE).buffer)
    if (/premature end/i.test(saidAgain)) throw new Error('The file ends before its picture does.')
    return picture
  }
  const decoded = before.then(decode)
  before = decoded.catch(() => undefined)
  return decoded
}

/** The picture in a file, and what the library said of it. */
async function listen(bytes: ArrayBuffer): Promise<[Picture, string]> {
  warnings.length = 0
  const picture = await decodeJpeg(bytes)
  return [picture, warnings.join('\n')]
}

const DECODERS: Record<Format, Decoder> = {
  png: kept('squoosh_png_bg.wasm', initPng, decodePng),
  jpeg: kept('mozjpeg_dec.wasm', heard(initJpeg, (line) => warnings.push(line)), decodeWhole),
  webp: kept('webp_dec.wasm', heard(initWebp), decodeWebp),
  avif: kept('avif_dec.wasm', heard(initAvif), (bytes) => decodeAvif(bytes) as Promise<Picture>),
}

/** Decode a file's stored pixels; its orientation is not applied, as the format asks. */
export async function decodePicture(bytes: Uint8Array): Promise<Picture> {
  const { format, width, height } = announced(bytes)
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

/** What the file says of itself; refused by name, if it is nothing that is read here. */
function announced(bytes: Uint8Array): Size {
  const size = sizeOf(bytes)
  if (!size) {
    const other = otherFormat(bytes)
    throw new ReaderError('input.unsupported', other ? `The file's format is ${other}. ${READ_HERE}` : 'This is not a PNG, JPEG, WebP or AVIF file.')
  }
  if (size.channels === PRINTED) throw new ReaderError('input.unsupported', `This JPEG is in colours for printing (CMYK). ${READ_HERE}`)
  return size
}
