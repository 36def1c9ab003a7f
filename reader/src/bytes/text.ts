/** Bytes as text and back: hex, base64 in its one spelling, UTF-8. */

const HEX = /^(?:[0-9a-f]{2})*$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
/** Characters that are turned at once: engines bound the number of arguments. */
const CHUNK = 0x2000

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Undefined unless it is lower-case hex. */
export function fromHex(text: string): Uint8Array | undefined {
  if (!HEX.test(text)) return undefined
  return Uint8Array.from({ length: text.length / 2 }, (_, n) => parseInt(text.slice(2 * n, 2 * n + 2), 16))
}

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let n = 0; n < bytes.length; n += CHUNK) text += String.fromCharCode(...bytes.subarray(n, n + CHUNK))
  return btoa(text)
}

/** Undefined unless it is base64 with padding, without anything else. Bits that say nothing may be set. */
export function fromBase64(text: string): Uint8Array | undefined {
  return BASE64.test(text) ? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)) : undefined
}

/** Undefined unless it is base64 in its one spelling. */
export function fromStrictBase64(text: string): Uint8Array | undefined {
  const bytes = fromBase64(text)
  return bytes && toBase64(bytes) === text ? bytes : undefined
}

export function toUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Undefined unless it is UTF-8; a byte order mark stays. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, n) => byte === b[n])
}
