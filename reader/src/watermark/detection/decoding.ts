/** From soft bits to a word that may be claimed. */

import { checkedWord } from '../polar/code.ts'
import { decodeList } from '../polar/list.ts'
import { CLAIM_LIMIT, falsePositiveProbability, fitOf } from '../significance.ts'

/** Paths of the decoder: at first, and where the pilot is beyond doubt. */
export const PATHS = 32
export const MANY_PATHS = 128

export interface Decoded {
  readonly word: Uint8Array
  readonly code: Uint8Array
  readonly fit: number
  readonly falsePositiveProbability: number
}

/** The best word of the list whose check holds and whose fit chance does not explain. */
export function decode(soft: Float32Array, paths: number): Decoded | undefined {
  for (const code of decodeList(soft, paths)) {
    const word = checkedWord(code)
    if (!word) continue
    const fit = fitOf(soft, code)
    const probability = falsePositiveProbability(soft, fit)
    return probability <= CLAIM_LIMIT ? { word, code, fit, falsePositiveProbability: probability } : undefined
  }
  return undefined
}
