/** The 96 bits of a mark as fields (section 1). The layers below take them as they are. */

import { PAYLOAD_BYTES } from './constants.ts'

export interface Payload {
  readonly version: number
  readonly producer: number
  readonly model: number
  /** Whole minutes since 2024-01-01T00:00Z. */
  readonly minute: number
  readonly serial: number
}

const FIELDS = [
  ['version', 4n],
  ['producer', 20n],
  ['model', 16n],
  ['minute', 26n],
  ['serial', 30n],
] as const
const EPOCH = Date.UTC(2024, 0, 1)
const MINUTE = 60_000

/** Write the fields into 12 bytes. A field that does not fit is refused with a RangeError. */
export function packPayload(payload: Payload): Uint8Array {
  let bits = 0n
  for (const [name, width] of FIELDS) {
    const value = payload[name]
    if (!Number.isInteger(value) || value < 0 || BigInt(value) >> width !== 0n) {
      throw new RangeError(`The ${name} ${String(value)} does not fit into ${String(width)} bits.`)
    }
    bits = (bits << width) | BigInt(value)
  }
  return fromHex(bits.toString(16).padStart(2 * PAYLOAD_BYTES, '0'))
}

/** Read the fields of 12 bytes. Every value of the 96 bits is a payload. */
export function unpackPayload(bytes: Uint8Array): Payload {
  if (bytes.length !== PAYLOAD_BYTES) throw new RangeError('A payload has 12 bytes.')
  let bits = BigInt(`0x${toHex(bytes)}`)
  const found = { version: 0, producer: 0, model: 0, minute: 0, serial: 0 }
  for (const [name, width] of [...FIELDS].reverse()) {
    found[name] = Number(bits & ((1n << width) - 1n))
    bits >>= width
  }
  return found
}

/** The time that a payload states. */
export function createdAt(payload: Payload): Date {
  return new Date(EPOCH + payload.minute * MINUTE)
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function fromHex(text: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/i.test(text)) throw new RangeError('This is not hexadecimal text.')
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}
