/** The Merkle tree over a log's entries: RFC 9162 with SHA-256. Sizes are big integers, so that halving is exact. */

import { sha256 } from '@noble/hashes/sha2.js'
import { equal, joined } from '../bytes/text.ts'

export const MOST_SIZE = 1n << 62n
export const MOST_HASHES = 64
const HASH_BYTES = 32
const [LEAF, NODE] = [Uint8Array.of(0), Uint8Array.of(1)]

export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(joined(LEAF, entry))
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(joined(NODE, left, right))
}

/** The root over the hashes of all entries. */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  if (!hashes.length) return sha256(new Uint8Array())
  if (hashes.length === 1) return hashes[0]!
  let half = 1
  while (2 * half < hashes.length) half *= 2
  return nodeHash(rootOf(hashes.slice(0, half)), rootOf(hashes.slice(half)))
}

function usable(proof: readonly Uint8Array[]): boolean {
  return proof.length <= MOST_HASHES && proof.every(({ length }) => length === HASH_BYTES)
}

/** Whether a proof leads from an entry's hash to the root. */
export function includes(leaf: Uint8Array, index: bigint, size: bigint, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (index < 0n || index >= size || size > MOST_SIZE || !usable(proof)) return false
  let [f, g, r] = [index, size - 1n, leaf]
  for (const p of proof) {
    if (g === 0n) return false
    if (f & 1n || f === g) {
      r = nodeHash(p, r)
      while (f !== 0n && !(f & 1n)) [f, g] = [f >> 1n, g >> 1n]
    } else {
      r = nodeHash(r, p)
    }
    ;[f, g] = [f >> 1n, g >> 1n]
  }
  return g === 0n && equal(r, root)
}

/** Whether a log of `next` entries continues one of `old` entries. */
export function continues(old: bigint, next: bigint, proof: readonly Uint8Array[], oldRoot: Uint8Array, newRoot: Uint8Array): boolean {
  if (old < 0n || old > next || next > MOST_SIZE || !usable(proof)) return false
  if (old === 0n) return !proof.length && equal(oldRoot, rootOf([]))
  if (old === next) return !proof.length && equal(oldRoot, newRoot)
  const [first, ...rest] = (old & (old - 1n)) === 0n ? [oldRoot, ...proof] : proof
  if (!first) return false
  let [f, g, a, b] = [old - 1n, next - 1n, first, first]
  while (f & 1n) [f, g] = [f >> 1n, g >> 1n]
  for (const p of rest) {
    if (g === 0n) return false
    if (f & 1n || f === g) {
      ;[a, b] = [nodeHash(p, a), nodeHash(p, b)]
      while (f !== 0n && !(f & 1n)) [f, g] = [f >> 1n, g >> 1n]
    } else {
      b = nodeHash(b, p)
    }
    ;[f, g] = [f >> 1n, g >> 1n]
  }
  return g === 0n && equal(a, oldRoot) && equal(b, newRoot)
}
