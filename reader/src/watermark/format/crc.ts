/** CRC-16/IBM-3740, the check of a word (section 2). */

const POLYNOMIAL = 0x1021
const FIRST = 0xffff

export function crc16(data: Uint8Array): number {
  let register = FIRST
  for (const byte of data) {
    register ^= byte << 8
    for (let bit = 0; bit < 8; bit++) {
      register = ((register << 1) ^ (register & 0x8000 ? POLYNOMIAL : 0)) & 0xffff
    }
  }
  return register
}
