/**
 * Successive cancellation with a list (Tal and Vardy), in the min-sum form, whose choices do not depend on
 * the scale of its input. Subtrees that are wholly frozen, or frozen but for their last bit, are taken at once.
 */

import { bytes, doubles, floats, kernels, layOut } from '../../numeric/kernels.ts'
import { CODE_BITS } from '../format/constants.ts'
import { informationPositions } from './construction.ts'

const FROZEN = 0
const REPETITION = 1
const MIXED = 2

let made: Uint8Array | undefined

/** What each subtree is: those of one bit by place, then those of two, and so on. */
function subtrees(): Uint8Array {
  if (made) return made
  const kinds = new Uint8Array(2 * CODE_BITS)
  for (const position of informationPositions()) kinds[position] = REPETITION
  for (let n = CODE_BITS, below = 0; n < kinds.length - 1; n++, below += 2) {
    const [left, right] = [kinds[below]!, kinds[below + 1]!]
    kinds[n] = left === FROZEN && right !== MIXED ? right : MIXED
  }
  made = kinds
  return kinds
}

/** Bytes that the kernel needs for each path: to work in, for words, for what they cost and for rows. */
const [WORK, WORDS, COSTS, ROWS] = [8188, 4094, 8, 128]

/** The code words of the best paths, at most so many, best first. A positive soft bit speaks for 0. */
export function decodeList(softBits: Float32Array, paths: number): Uint8Array[] {
  const kinds = subtrees()
  const [tree, work, words, costs, rows] = layOut(kinds.length / 4, (WORK * paths) / 4, Math.ceil((WORDS * paths) / 4), (COSTS * paths) / 4, (ROWS * paths) / 4)
  bytes(tree, kinds.length).set(kinds)
  floats(work, softBits.length).set(softBits)
  const count = kernels().decodeList(paths, tree, work, words, costs, rows)
  const spent = doubles(costs, count)
  const best = Array.from(spent.keys()).sort((a, b) => spent[a]! - spent[b]!)
  const found = bytes(words, count * CODE_BITS)
  return best.map((path) => found.slice(path * CODE_BITS, (path + 1) * CODE_BITS))
}
