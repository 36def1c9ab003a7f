/** SHAKE-256 (FIPS 202). */

const LANES: usize = 25
const RATE: usize = 136
const ROUNDS: usize = 24
const CONSTANTS = memory.data<u64>([
  0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
  0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
  0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
])
/** By how much lanes are rotated, and where each goes, in the order in which they follow one another. */
const ROTATIONS = memory.data<u8>([1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44])
const TARGETS = memory.data<u8>([10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1])

/** The first `wanted` bytes for a message; `state` has room for 30 u64. */
export function shake256(message: usize, length: usize, state: usize, out: usize, wanted: usize): void {
  memory.fill(state, 0, 8 * LANES)
  let at: usize = 0
  for (let n: usize = 0; n < length; n++) {
    store<u8>(state + at, load<u8>(state + at) ^ load<u8>(message + n))
    if (++at < RATE) continue
    permute(state)
    at = 0
  }
  store<u8>(state + at, load<u8>(state + at) ^ 0x1f)
  store<u8>(state + RATE - 1, load<u8>(state + RATE - 1) ^ 0x80)
  for (; wanted > 0; ) {
    permute(state)
    const some = min(wanted, RATE)
    memory.copy(out, state, some)
    out += some
    wanted -= some
  }
}

function permute(state: usize): void {
  const spare = state + 8 * LANES
  for (let round: usize = 0; round < ROUNDS; round++) {
    for (let x: usize = 0; x < 40; x += 8) {
      const at = state + x
      store<u64>(spare + x, load<u64>(at) ^ load<u64>(at, 40) ^ load<u64>(at, 80) ^ load<u64>(at, 120) ^ load<u64>(at, 160))
    }
    for (let x: usize = 0; x < 40; x += 8) {
      const mixed = load<u64>(spare + (x + 32) % 40) ^ rotl(load<u64>(spare + (x + 8) % 40), 1)
      for (let at = state + x; at < state + 8 * LANES; at += 40) store<u64>(at, load<u64>(at) ^ mixed)
    }
    let lane = load<u64>(state, 8)
    for (let n: usize = 0; n < 24; n++) {
      const at = state + 8 * <usize>load<u8>(TARGETS + n)
      const next = load<u64>(at)
      store<u64>(at, rotl(lane, <u64>load<u8>(ROTATIONS + n)))
      lane = next
    }
    for (let row = state; row < state + 8 * LANES; row += 40) {
      const a = load<u64>(row)
      const b = load<u64>(row, 8)
      const c = load<u64>(row, 16)
      const d = load<u64>(row, 24)
      const e = load<u64>(row, 32)
      store<u64>(row, a ^ (~b & c))
      store<u64>(row, b ^ (~c & d), 8)
      store<u64>(row, c ^ (~d & e), 16)
      store<u64>(row, d ^ (~e & a), 24)
      store<u64>(row, e ^ (~a & b), 32)
    }
    store<u64>(state, load<u64>(state) ^ load<u64>(CONSTANTS + 8 * round))
  }
}
