/** Whether a file carries Content Credentials, before anything large is loaded to read them. */

import { fromUtf8 } from '../bytes/text.ts'

/** The description of a manifest store, as it stands in files of every kind. */
const MARK = Uint8Array.from('jumdc2pa', (letter) => letter.charCodeAt(0))

export const STORE_TYPE = 'application/c2pa'

export function hasCredentials(file: Uint8Array): boolean {
  for (let at = file.indexOf(MARK[0]!); at >= 0; at = file.indexOf(MARK[0]!, at + 1)) {
    if (MARK.every((byte, n) => file[at + n] === byte)) return true
  }
  return false
}

const POINTER = /dcterms:provenance\s*(?:=\s*["']|>\s*)https?:/
/** Bytes of a file's beginning in which its XMP is looked for. */
const XMP_WITHIN = 1 << 20

/** Whether a file's XMP names a manifest elsewhere, which is never fetched here. */
export function pointsElsewhere(file: Uint8Array): boolean {
  return POINTER.test(new TextDecoder('latin1').decode(file.subarray(0, XMP_WITHIN)))
}

const BRANDS: Readonly<Record<string, string>> = { avif: 'image/avif', avis: 'image/avif', mif1: 'image/heif', heic: 'image/heic', heix: 'image/heic' }

/** The media type by which the C2PA library reads a file; undefined where none is known. */
export function mediaTypeOf(file: Uint8Array): string | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...file.subarray(from, to))
  if (file[0] === 0x89 && text(1, 4) === 'PNG') return 'image/png'
  if (file[0] === 0xff && file[1] === 0xd8) return 'image/jpeg'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp'
  if (text(0, 3) === 'GIF') return 'image/gif'
  if (/^(?:II\*\0|MM\0\*)/.test(text(0, 4))) return 'image/tiff'
  if (text(4, 8) === 'jumb') return STORE_TYPE
  if (text(4, 8) === 'ftyp') return BRANDS[text(8, 12)] ?? 'video/mp4'
  return fromUtf8(file.subarray(0, 256))?.includes('<svg') ? 'image/svg+xml' : undefined
}
