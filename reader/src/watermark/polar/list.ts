/**
 * Successive cancellation with a list (Tal and Vardy), in the min-sum form, whose choices do not depend on
 * the scale of its input. Subtrees that are wholly frozen, or frozen but for their last bit, are taken at once.
 */

import { CODE_BITS } from '../format/constants.ts'
import { informationPositions } from './construction.ts'

const LEVELS = Math.log2(CODE_BITS)
const FROZEN = 0
const REPETITION = 1
const MIXED = 2

let kinds: Uint8Array[] | undefined

/** What each subtree is, by level (0: single bits) and place. */
function subtrees(): Uint8Array[] {
  if (kinds) return kinds
  const leaf = new Uint8Array(CODE_BITS)
  for (const position of informationPositions()) leaf[position] = REPETITION
  kinds = [leaf]
  for (let level = 1; level <= LEVELS; level++) {
    const below = kinds[level - 1]!
    kinds.push(
      Uint8Array.from({ length: below.length / 2 }, (_, n) => {
        const [left, right] = [below[2 * n]!, below[2 * n + 1]!]
        return left === FROZEN && right !== MIXED ? right : MIXED
      }),
    )
  }
  return kinds
}

/** The state of a decoding: rows of soft bits and of sums by level, and which row belongs to which path. */
export class ListDecoder {
  readonly #paths: number
  #count = 1
  readonly #soft: Float32Array[] = []
  readonly #softRow: Uint16Array[] = []
  readonly #left: Uint8Array[] = []
  readonly #leftRow: Uint16Array[] = []
  readonly #out: Uint8Array[] = []
  readonly #metric: Float64Array
  readonly #candidate: Float64Array
  readonly #order: Uint16Array
  readonly #scratch: Uint16Array
  readonly #kinds = subtrees()

  constructor(paths: number) {
    this.#paths = paths
    for (let level = 0; level <= LEVELS; level++) {
      const size = 1 << level
      this.#soft.push(new Float32Array(level === LEVELS ? size : paths * size))
      this.#softRow.push(new Uint16Array(paths))
      this.#left.push(new Uint8Array(paths * size))
      this.#leftRow.push(new Uint16Array(paths))
      this.#out.push(new Uint8Array(paths * size))
    }
    this.#metric = new Float64Array(paths)
    this.#candidate = new Float64Array(2 * paths)
    this.#order = new Uint16Array(2 * paths)
    this.#scratch = new Uint16Array(paths)
  }

  /** The code words of all surviving paths, best first. A positive soft bit speaks for 0. */
  decode(softBits: Float32Array): Uint8Array[] {
    this.#soft[LEVELS]!.set(softBits)
    this.#count = 1
    this.#metric[0] = 0
    this.#softRow.forEach((rows) => rows.fill(0))
    this.#node(LEVELS, 0, this.#out[LEVELS]!)
    const best = Array.from({ length: this.#count }, (_, n) => n).sort((a, b) => this.#metric[a]! - this.#metric[b]!)
    return best.map((path) => this.#out[LEVELS]!.slice(path * CODE_BITS, (path + 1) * CODE_BITS))
  }

  /** Decode one subtree; its sums go into `out`, one row for each path. */
  #node(level: number, place: number, out: Uint8Array): void {
    const kind = this.#kinds[level]![place]!
    if (kind === FROZEN) this.#frozen(level, out)
    else if (kind === REPETITION) this.#repetition(level, out)
    else this.#mixed(level, place, out)
  }

  #mixed(level: number, place: number, out: Uint8Array): void {
    const half = 1 << (level - 1)
    const [left, leftRow] = [this.#left[level - 1]!, this.#leftRow[level - 1]!]
    this.#descend(level, half, false)
    this.#node(level - 1, 2 * place, left)
    for (let path = 0; path < this.#count; path++) leftRow[path] = path
    this.#descend(level, half, true)
    const right = this.#out[level - 1]!
    this.#node(level - 1, 2 * place + 1, right)
    for (let path = 0; path < this.#count; path++) {
      const [to, from, at] = [path * 2 * half, leftRow[path]! * half, path * half]
      for (let n = 0; n < half; n++) {
        const bit = right[at + n]!
        out[to + n] = left[from + n]! ^ bit
        out[to + half + n] = bit
      }
    }
  }

  /** Soft bits of the left or the right half, from those of the whole. */
  #descend(level: number, half: number, right: boolean): void {
    const [from, to] = [this.#soft[level]!, this.#soft[level - 1]!]
    const [rows, below] = [this.#softRow[level]!, this.#softRow[level - 1]!]
    const [left, leftRow] = [this.#left[level - 1]!, this.#leftRow[level - 1]!]
    for (let path = 0; path < this.#count; path++) {
      const [a, at] = [rows[path]! * 2 * half, path * half]
      below[path] = path
      if (right) {
        const sums = leftRow[path]! * half
        for (let n = 0; n < half; n++) {
          const first = from[a + n]!
          to[at + n] = from[a + half + n]! + (left[sums + n] ? -first : first)
        }
      } else {
        for (let n = 0; n < half; n++) {
          const x = from[a + n]!
          const y = from[a + half + n]!
          const p = x < 0 ? -x : x
          const q = y < 0 ? -y : y
          const least = p < q ? p : q
          to[at + n] = x < 0 !== y < 0 ? -least : least
        }
      }
    }
  }

  #frozen(level: number, out: Uint8Array): void {
    const [soft, rows, size] = [this.#soft[level]!, this.#softRow[level]!, 1 << level]
    for (let path = 0; path < this.#count; path++) {
      const at = rows[path]! * size
      let cost = 0
      for (let n = at; n < at + size; n++) if (soft[n]! < 0) cost -= soft[n]!
      this.#metric[path]! += cost
    }
    out.fill(0, 0, this.#count * size)
  }

  /** All bits of the subtree are equal: every path goes on with both values, and the best ones stay. */
  #repetition(level: number, out: Uint8Array): void {
    const [soft, rows, size, count] = [this.#soft[level]!, this.#softRow[level]!, 1 << level, this.#count]
    for (let path = 0; path < count; path++) {
      const at = rows[path]! * size
      let zeros = 0
      let ones = 0
      for (let n = at; n < at + size; n++) {
        const value = soft[n]!
        if (value < 0) zeros -= value
        else ones += value
      }
      this.#candidate[path] = this.#metric[path]! + zeros
      this.#candidate[count + path] = this.#metric[path]! + ones
    }
    const kept = this.#select(2 * count)
    for (let n = 0; n < kept; n++) this.#metric[n] = this.#candidate[this.#order[n]!]!
    for (let n = 0; n < kept; n++) out.fill(this.#order[n]! >= count ? 1 : 0, n * size, (n + 1) * size)
    for (let n = 0; n < kept; n++) if (this.#order[n]! >= count) this.#order[n]! -= count
    for (let above = level; above <= LEVELS; above++) {
      this.#follow(this.#softRow[above]!, kept)
      this.#follow(this.#leftRow[above]!, kept)
    }
    this.#count = kept
  }

  #select(candidates: number): number {
    const [order, cost] = [this.#order, this.#candidate]
    for (let n = 0; n < candidates; n++) order[n] = n
    if (candidates <= this.#paths) return candidates
    order.subarray(0, candidates).sort((a, b) => cost[a]! - cost[b]!)
    return this.#paths
  }

  #follow(rows: Uint16Array, kept: number): void {
    const before = this.#scratch
    before.set(rows)
    for (let n = 0; n < kept; n++) rows[n] = before[this.#order[n]!]!
  }
}
