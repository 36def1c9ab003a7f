/** The sealed text of a lattice fingerprint: only who has read the mark opens it. */

import { scrypt } from '@noble/hashes/scrypt.js'
import { LOCK_BYTES, PAYLOAD_BYTES } from '../watermark/format/constants.ts'
import { packLattice, unpackLattice, type Lattice } from './lattice.ts'

const PREFIX = 'lattice3:'
const LABEL = Uint8Array.from('lattice3', (letter) => letter.charCodeAt(0))
const SALT_BYTES = 16
const TAG_BYTES = 16
const KEY_BYTES = 32
const NONCE_BYTES = 12
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, dkLen: KEY_BYTES + NONCE_BYTES }
/** Longer texts are not read. */
const MOST_CHARACTERS = 4157
const BASE64URL = /^[A-Za-z0-9_-]*$/

/** Key and nonce of a sealed text. */
export function deriveSeal(payload: Uint8Array, lock: Uint8Array, salt: Uint8Array): { key: Uint8Array; nonce: Uint8Array } {
  if (payload.length !== PAYLOAD_BYTES || lock.length !== LOCK_BYTES) {
    throw new RangeError('A payload has 12 bytes and a lock 3.')
  }
  const drawn = scrypt(Uint8Array.of(...payload, ...lock), salt, SCRYPT)
  return { key: drawn.slice(0, KEY_BYTES), nonce: drawn.slice(KEY_BYTES) }
}

/** Seal a fingerprint under a mark. The salt is fresh for each picture. */
export async function seal(
  fingerprint: Lattice,
  payload: Uint8Array,
  lock: Uint8Array,
  salt: Uint8Array = crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
): Promise<string> {
  const { key, parameters } = await cipher(payload, lock, salt, 'encrypt')
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, key, copy(packLattice(fingerprint))))
  return PREFIX + toBase64Url(Uint8Array.of(...salt, ...sealed))
}

/** Open a sealed text; undefined if this mark does not open it. */
export async function unseal(text: string, payload: Uint8Array, lock: Uint8Array): Promise<Lattice | undefined> {
  const sealed = text.length <= MOST_CHARACTERS && text.startsWith(PREFIX) ? fromBase64Url(text.slice(PREFIX.length)) : undefined
  if (!sealed || sealed.length <= SALT_BYTES + TAG_BYTES) return undefined
  const { key, parameters } = await cipher(payload, lock, sealed.slice(0, SALT_BYTES), 'decrypt')
  const opened = await crypto.subtle.decrypt(parameters, key, copy(sealed.slice(SALT_BYTES))).catch(() => undefined)
  return opened && unpackLattice(new Uint8Array(opened))
}

async function cipher(payload: Uint8Array, lock: Uint8Array, salt: Uint8Array, use: 'encrypt' | 'decrypt') {
  const { key, nonce } = deriveSeal(payload, lock, salt)
  const parameters = { name: 'AES-GCM', iv: copy(nonce), additionalData: Uint8Array.of(...LABEL, ...payload) }
  return { key: await crypto.subtle.importKey('raw', copy(key), 'AES-GCM', false, [use]), parameters }
}

/** Bytes in a buffer of their own, as WebCrypto's types ask for. */
function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes)
}

function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Undefined unless this is the one way to write the bytes. */
function fromBase64Url(text: string): Uint8Array | undefined {
  if (!BASE64URL.test(text) || text.length % 4 === 1) return undefined
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
  return toBase64Url(bytes) === text ? bytes : undefined
}
