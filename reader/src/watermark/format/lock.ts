/** A lock that a site derives from the payload (section 1). */

import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { LOCK_BYTES } from './constants.ts'
import { ascii } from './streams.ts'

const LABEL = ascii('provenance.lock.1')

export function deriveLock(key: Uint8Array, payload: Uint8Array): Uint8Array {
  return hmac(sha256, key, Uint8Array.of(...LABEL, ...payload)).slice(0, LOCK_BYTES)
}
