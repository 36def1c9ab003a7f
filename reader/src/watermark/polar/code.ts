/** From a word to the signs of its code bits, and from code bits back to a word that checks. */

import { CHECK_BITS, CODE_BITS, INFORMATION_BITS, WORD_BYTES } from '../format/constants.ts'
import { crc16 } from '../format/crc.ts'
import { informationPositions, transform } from './construction.ts'

/** The 1,024 code bits of a word of 15 bytes. */
export function encode(word: Uint8Array): Uint8Array {
  if (word.length !== WORD_BYTES) throw new RangeError('A word has 15 bytes.')
  const check = crc16(word)
  const information = Uint8Array.of(...word, check >> 8, check & 255)
  const bits = new Uint8Array(CODE_BITS)
  informationPositions().forEach((position, n) => {
    bits[position] = (information[n >> 3]! >> (7 - (n & 7))) & 1
  })
  transform(bits)
  return bits
}

/** The word of these code bits if its check holds. */
export function checkedWord(code: Uint8Array): Uint8Array | undefined {
  const bits = Uint8Array.from(code)
  transform(bits)
  const information = new Uint8Array(INFORMATION_BITS / 8)
  informationPositions().forEach((position, n) => {
    information[n >> 3]! |= bits[position]! << (7 - (n & 7))
  })
  const word = information.slice(0, WORD_BYTES)
  const check = crc16(word)
  const last = INFORMATION_BITS / 8 - CHECK_BITS / 8
  return information[last] === check >> 8 && information[last + 1] === (check & 255) ? word : undefined
}
