/** CBOR, as far as a COSE signature needs it. */

export class CborError extends Error {}

export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | ReadonlyMap<Cbor, Cbor>

const MOST_DEPTH = 16
const [UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE] = [0, 1, 2, 3, 4, 5, 6, 7] as const
const INDEFINITE = 31
const BREAK = 0xff

/** The value that these bytes begin with. */
export function readCbor(bytes: Uint8Array): Cbor {
  return new Reader(bytes).value(0)
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  value(depth: number): Cbor {
    if (depth > MOST_DEPTH) throw new CborError('too deep')
    const first = this.#byte()
    const [kind, info] = [first >> 5, first & 31]
    const endless = info === INDEFINITE
    if (kind === ARRAY) return this.#items(endless ? undefined : this.#number(info), () => this.value(depth + 1))
    if (kind === MAP) return new Map(this.#items(endless ? undefined : this.#number(info), () => [this.value(depth + 1), this.value(depth + 1)] as const))
    if (kind === SIMPLE) return this.#simple(info)
    if (endless) throw new CborError('a form that is not read')
    const number = this.#number(info)
    if (kind === UNSIGNED) return number
    if (kind === NEGATIVE) return -1 - number
    if (kind === BYTES) return this.#take(number)
    if (kind === TEXT) return new TextDecoder().decode(this.#take(number))
    if (kind === TAG) return this.value(depth + 1)
    throw new CborError('a form that is not read')
  }

  #items<T>(count: number | undefined, item: () => T): T[] {
    const found: T[] = []
    if (count !== undefined && count > this.#bytes.length) throw new CborError('cut off')
    while (count === undefined ? this.#bytes[this.#at] !== BREAK : found.length < count) found.push(item())
    if (count === undefined) this.#at++
    return found
  }

  #simple(info: number): Cbor {
    if (info === 20 || info === 21) return info === 21
    if (info === 22 || info === 23) return null
    this.#number(info) // other simple values and floating-point numbers are passed over
    return null
  }

  #number(info: number): number {
    if (info < 24) return info
    if (info > 27) throw new CborError('a form that is not read')
    return this.#take(1 << (info - 24)).reduce((sum, byte) => 256 * sum + byte, 0)
  }

  #byte(): number {
    return this.#take(1)[0]!
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count
    if (end > this.#bytes.length) throw new CborError('cut off')
    const found = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return found
  }
}
