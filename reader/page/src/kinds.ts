/** What kind of file somebody gave, by its first bytes; names and types can be wrong. */

export type Kind = 'film' | 'heic' | 'json' | 'pem' | 'picture'

/** Bytes that are looked at. */
export const HEAD = 64
/** Brands of still pictures in the container that films use too. */
const HEIC = ['heic', 'heix', 'heim', 'heis', 'mif1', 'msf1', 'hevc', 'hevx']
const AVIF = ['avif', 'avis']

export function kindOf(head: Uint8Array, type: string): Kind {
  const text = String.fromCharCode(...head)
  if (text.slice(4, 8) === 'ftyp') {
    const brand = text.slice(8, 12)
    if (AVIF.includes(brand) || text.slice(16).includes('avif')) return 'picture'
    return HEIC.includes(brand) ? 'heic' : 'film'
  }
  if (text.startsWith('\x1a\x45\xdf\xa3') || type.startsWith('video/')) return 'film'
  if (text.trimStart().startsWith('-----BEGIN')) return 'pem'
  if (/^[\s\uFEFF\xef\xbb\xbf]*\{/.test(text)) return 'json'
  return 'picture'
}
