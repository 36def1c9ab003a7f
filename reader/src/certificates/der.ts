/** DER, as far as certificates need it. */

export class DerError extends Error {}

export const SEQUENCE = 0x30
export const SET = 0x31
export const [BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, IDENTIFIER] = [0x01, 0x02, 0x03, 0x04, 0x06] as const

export interface Element {
  readonly tag: number
  /** The element whole. */
  readonly whole: Uint8Array
  readonly content: Uint8Array
}

/** The one element that these bytes are. */
export function element(bytes: Uint8Array): Element {
  const [first, ...rest] = elements(bytes)
  if (!first || rest.length) throw new DerError('not one element')
  return first
}

/** The elements that follow each other. */
export function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const [length, start] = lengthAt(bytes, at + 1)
    const end = start + length
    if ((bytes[at]! & 0x1f) === 0x1f || end > bytes.length) throw new DerError('cut off')
    found.push({ tag: bytes[at]!, whole: bytes.subarray(at, end), content: bytes.subarray(start, end) })
    at = end
  }
  return found
}

function lengthAt(bytes: Uint8Array, at: number): [number, number] {
  const first = bytes[at]
  if (first === undefined) throw new DerError('cut off')
  if (first < 0x80) return [first, at + 1]
  const count = first & 0x7f
  if (count === 0 || count > 4 || at + count >= bytes.length) throw new DerError('a length that is not read')
  let length = 0
  for (let n = 1; n <= count; n++) length = 256 * length + bytes[at + n]!
  return [length, at + 1 + count]
}

/** The elements in one with this tag. */
export function inside(from: Element | undefined, tag: number): Element[] {
  if (from?.tag !== tag) throw new DerError('another kind of element')
  return elements(from.content)
}

/** An object identifier as dotted numbers. */
export function identifier({ tag, content }: Element): string {
  if (tag !== IDENTIFIER || !content.length) throw new DerError('no identifier')
  const numbers: number[] = []
  let value = 0
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      numbers.push(value)
      value = 0
    }
  }
  const first = Math.min(2, Math.floor(numbers[0]! / 40))
  return [first, numbers[0]! - 40 * first, ...numbers.slice(1)].join('.')
}

/** The bytes of a bit string without bits to spare. */
export function bits({ tag, content }: Element): Uint8Array {
  if (tag !== BIT_STRING || !content.length) throw new DerError('no bits')
  return content.subarray(1)
}

/** A whole number that is not negative, without zeros in front. */
export function unsigned({ tag, content }: Element): Uint8Array {
  if (tag !== INTEGER || !content.length || content[0]! >= 0x80) throw new DerError('no such number')
  return content.subarray(content.findIndex((byte, n) => byte !== 0 || n === content.length - 1))
}
