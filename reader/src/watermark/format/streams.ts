/** Keyed streams: everything in the format that looks random (section 3). */

import { shake256 } from '@noble/hashes/sha3.js'

const DOMAIN = ascii('provenance dwt.1')

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

/** The first bytes of the stream that a key and a label give. */
export function stream(key: Uint8Array, label: string, length: number): Uint8Array {
  const hash = shake256.create({ dkLen: length })
  for (const part of [DOMAIN, key, ascii(label)]) {
    hash.update(Uint8Array.of(part.length >> 8, part.length & 255)).update(part)
  }
  return hash.digest()
}

export function words(key: Uint8Array, label: string, count: number): Uint32Array {
  const view = new DataView(stream(key, label, 4 * count).buffer)
  return Uint32Array.from({ length: count }, (_, n) => view.getUint32(4 * n))
}

/** One sign for each bit: 0 is +1, 1 is -1. */
export function signs(key: Uint8Array, label: string, count: number): Int8Array {
  const bytes = stream(key, label, Math.ceil(count / 8))
  return Int8Array.from({ length: count }, (_, n) => 1 - 2 * ((bytes[n >> 3]! >> (7 - (n & 7))) & 1))
}

/** The places of the words in ascending order, equal ones in order of place. */
export function permutation(key: Uint8Array, label: string, count: number): Uint16Array {
  const ranked = Float64Array.from(words(key, label, count), (word, place) => word * count + place)
  return Uint16Array.from(ranked.sort(), (rank) => rank % count)
}
