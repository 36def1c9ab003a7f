/** How large a file says that its picture is, before anything is decoded. */

import { avifSize, brandsOf, isAvif } from './avif.ts'

export type Format = 'png' | 'jpeg' | 'webp' | 'avif'

export interface Size {
  readonly format: Format
  readonly width: number
  readonly height: number
  /** Of a JPEG. */
  readonly channels?: number
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Frame headers of JPEG; the other markers in this range are tables. */
const FRAMES = [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]

/** The format and size of a file; undefined if it is none that is read here. */
export function sizeOf(bytes: Uint8Array): Size | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (PNG.every((byte, n) => bytes[n] === byte)) return png(view)
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpeg(view)
  if (bytes.length >= 30 && text(view, 0) === 'RIFF' && text(view, 8) === 'WEBP') return webp(view)
  if (!isAvif(view)) return undefined
  const size = avifSize(view)
  return size && { format: 'avif', ...size }
}

/** Formats that are known and not read, by their first bytes. */
const OTHERS: Readonly<Record<string, string>> = { GIF8: 'GIF', 'II*\0': 'TIFF', 'MM\0*': 'TIFF', '8BPS': 'PSD', '%PDF': 'PDF', '\xff\n': 'JPEG XL', '\0\0\0\fJXL ': 'JPEG XL', BM: 'BMP' }
const HEIC = ['heic', 'heix', 'heim', 'heis', 'mif1']

/** What else a file is, as far as its beginning tells. */
export function otherFormat(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const brands = brandsOf(view)
  if (brands.length) return isAvif(view) ? undefined : brands.some((each) => HEIC.includes(each)) ? 'HEIC' : 'MP4'
  const head = String.fromCharCode(...bytes.subarray(0, 8))
  return Object.entries(OTHERS).find(([start]) => head.startsWith(start))?.[1]
}

function text(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))
}

function png(view: DataView): Size | undefined {
  return view.byteLength < 24 ? undefined : { format: 'png', width: view.getUint32(16), height: view.getUint32(20) }
}

function jpeg(view: DataView): Size | undefined {
  for (let at = 2; at + 9 <= view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) at++
    else if (FRAMES.includes(marker)) return { format: 'jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7), ...channelsAt(view, at + 9) }
    else at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

function channelsAt(view: DataView, at: number): { channels?: number } {
  return at < view.byteLength ? { channels: view.getUint8(at) } : {}
}

function webp(view: DataView): Size | undefined {
  const kind = text(view, 12)
  const three = (at: number) => view.getUint8(at) + 256 * view.getUint8(at + 1) + 65536 * view.getUint8(at + 2)
  if (kind === 'VP8X') return { format: 'webp', width: three(24) + 1, height: three(27) + 1 }
  if (kind === 'VP8 ') return { format: 'webp', width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  if (kind !== 'VP8L') return undefined
  const bits = view.getUint32(21, true)
  return { format: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}
