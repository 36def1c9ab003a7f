/** Signatures by the keys that certificates hold: WebCrypto, and @noble/curves where a browser lacks Ed25519. */

import { ed25519 } from '@noble/curves/ed25519.js'
import { joined } from '../bytes/text.ts'
import { bits, DerError, element, identifier, inside, SEQUENCE, unsigned, type Element } from './der.ts'

const [EC, ED25519, RSA] = ['1.2.840.10045.2.1', '1.3.101.112', '1.2.840.113549.1.1.1']
const RSA_PSS = '1.2.840.113549.1.1.10'
const ED25519_BYTES = 32
const LEAST_RSA_BITS = 2048

type Hash = 'SHA-256' | 'SHA-384' | 'SHA-512'

const CURVES: Readonly<Record<string, { readonly name: string; readonly hash: Hash; readonly bytes: number }>> = {
  '1.2.840.10045.3.1.7': { name: 'P-256', hash: 'SHA-256', bytes: 32 },
  '1.3.132.0.34': { name: 'P-384', hash: 'SHA-384', bytes: 48 },
  '1.3.132.0.35': { name: 'P-521', hash: 'SHA-512', bytes: 66 },
}
const ECDSA: Readonly<Record<string, Hash>> = {
  '1.2.840.10045.4.3.2': 'SHA-256',
  '1.2.840.10045.4.3.3': 'SHA-384',
  '1.2.840.10045.4.3.4': 'SHA-512',
}
const RSA_PKCS1: Readonly<Record<string, Hash>> = {
  '1.2.840.113549.1.1.11': 'SHA-256',
  '1.2.840.113549.1.1.12': 'SHA-384',
  '1.2.840.113549.1.1.13': 'SHA-512',
}
const HASHES: Readonly<Record<string, Hash>> = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
}

type Kind = { readonly kind: 'ec'; readonly curve: (typeof CURVES)[string] } | { readonly kind: 'ed25519' | 'rsa' }

/** Whether a signature in a signed file is this key's: the key decides the algorithm. */
export async function holds(spki: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const key = kindOf(spki)
  if (key?.kind === 'ec') return signature.length === 2 * key.curve.bytes && ecdsa(spki, key.curve.name, key.curve.hash, message, signature)
  if (key?.kind === 'ed25519') return ed25519Holds(spki.subarray(spki.length - ED25519_BYTES), message, signature)
  if (key?.kind === 'rsa') return pss(spki, 'SHA-256', 32, message, signature)
  return false
}

/** Whether a certificate's signature is this key's, by the algorithm that the certificate names. */
export async function issuedBy(spki: Uint8Array, algorithm: Element, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    const [name, parameters] = inside(algorithm, SEQUENCE)
    const scheme = name ? identifier(name) : ''
    const key = kindOf(spki)
    if (key?.kind === 'ed25519' && scheme === ED25519) return ed25519Holds(spki.subarray(spki.length - ED25519_BYTES), message, signature)
    const hash = ECDSA[scheme]
    if (key?.kind === 'ec' && hash) return await ecdsa(spki, key.curve.name, hash, message, sideBySide(signature, key.curve.bytes))
    if (key?.kind !== 'rsa') return false
    const pkcs1 = RSA_PKCS1[scheme]
    if (pkcs1) return await verify(spki, { name: 'RSASSA-PKCS1-v1_5', hash: pkcs1 }, { name: 'RSASSA-PKCS1-v1_5' }, message, signature)
    return scheme === RSA_PSS && (await pssAsStated(spki, parameters, message, signature))
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}

function kindOf(spki: Uint8Array): Kind | undefined {
  try {
    const [algorithm, key] = inside(element(spki), SEQUENCE)
    const [name, parameters] = inside(algorithm, SEQUENCE)
    const found = name && identifier(name)
    const curve = found === EC && parameters ? CURVES[identifier(parameters)] : undefined
    if (curve) return { kind: 'ec', curve }
    if (found === ED25519 && key && bits(key).length === ED25519_BYTES) return { kind: 'ed25519' }
    return found === RSA && key && rsaBits(key) >= LEAST_RSA_BITS ? { kind: 'rsa' } : undefined
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function rsaBits(key: Element): number {
  const [modulus] = inside(element(bits(key)), SEQUENCE)
  const bytes = modulus ? unsigned(modulus) : new Uint8Array()
  return bytes.length ? 8 * (bytes.length - 1) + (32 - Math.clz32(bytes[0]!)) : 0
}

function ecdsa(spki: Uint8Array, namedCurve: string, hash: Hash, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return verify(spki, { name: 'ECDSA', namedCurve }, { name: 'ECDSA', hash }, message, signature)
}

function pss(spki: Uint8Array, hash: Hash, saltLength: number, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return verify(spki, { name: 'RSA-PSS', hash }, { name: 'RSA-PSS', saltLength }, message, signature)
}

/** PSS by a certificate's own parameters: hash, the same in its mask, and the salt's length. */
function pssAsStated(spki: Uint8Array, parameters: Element | undefined, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const parts = new Map(inside(parameters, SEQUENCE).map((part) => [part.tag, element(part.content)]))
  const [algorithm, salt] = [parts.get(0xa0), parts.get(0xa2)]
  const hash = algorithm && HASHES[identifier(inside(algorithm, SEQUENCE)[0]!)]
  const length = salt ? unsigned(salt).reduce((sum, byte) => 256 * sum + byte, 0) : 20
  return hash ? pss(spki, hash, length, message, signature) : Promise.resolve(false)
}

/** ECDSA's two numbers out of DER, each as long as the field. */
function sideBySide(der: Uint8Array, bytes: number): Uint8Array {
  const numbers = inside(element(der), SEQUENCE).map(unsigned)
  if (numbers.length !== 2 || numbers.some(({ length }) => length > bytes)) throw new DerError('no signature')
  return joined(...numbers.flatMap((number) => [new Uint8Array(bytes - number.length), number]))
}

async function verify(
  spki: Uint8Array,
  importing: EcKeyImportParams | RsaHashedImportParams,
  verifying: EcdsaParams | RsaPssParams | Algorithm,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('spki', Uint8Array.from(spki), importing, false, ['verify'])
    return await crypto.subtle.verify(verifying, key, Uint8Array.from(signature), Uint8Array.from(message))
  } catch {
    return false // no such key: nothing is its signature
  }
}

/** RFC 8032, strictly; by a library, so that it is the same in every browser. */
export function ed25519Holds(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return signature.length === 2 * ED25519_BYTES && ed25519.verify(signature, message, key, { zip215: false })
  } catch {
    return false // no such key: nothing is its signature
  }
}
