/** What a response proves: steps in their order, and the first that fails names the fault. */

import { equal, fromBase64, toBase64 } from '../bytes/text.ts'
import type { Certificate } from '../certificates/certificate.ts'
import { pathTo } from '../certificates/path.ts'
import type { Directories, Listed } from '../directory/directories.ts'
import { covers, type BoundKey, type Entry } from '../directory/file.ts'
import { bits, element, inside, SEQUENCE } from '../certificates/der.ts'
import { entryOf } from '../log/entries.ts'
import { isSigned, logKey, type Checkpoint } from '../log/notes.ts'
import { includes, leafHash } from '../log/tree.ts'
import { signatureHolds } from '../proof/envelope.ts'
import { timeText } from '../proof/fields.ts'
import { numberOf, type Inclusion, type Response } from './response.ts'

export type Fault =
  | 'unsigned' | 'signature' | 'number_unknown' | 'key' | 'key_shared' | 'key_lapsed' | 'producer_revoked' | 'future'
  | 'log_key' | 'log_key_lapsed' | 'log' | 'signer' | 'superseded' | 'contradicted' | 'forked'

export interface Checked {
  readonly response: Response
  readonly fault: Fault | null
  /** Whose answer it is, where that is known. */
  readonly listed: Listed | null
}

/** The certificates of who signed a manifest, the signer's own first; undefined where the manifest can't be read. */
export type ManifestSigner = (manifest: Uint8Array) => Promise<readonly Certificate[] | undefined>

/** Milliseconds by which a clock may be off. */
const HOUR = 3_600_000
/** What an Ed25519 key's SubjectPublicKeyInfo begins with. */
const ED25519_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)

export async function check(response: Response, directories: Directories, now: Date, signerOf: ManifestSigner): Promise<Checked> {
  const because = (fault: Fault): Checked => ({ response, fault, listed: null })
  const { signature } = response.envelope
  if (!signature) return because('unsigned')
  if (!(await signatureHolds(response.envelope))) return because('signature')
  const listed = directories.counting(numberOf(response))
  if (!listed.length) return because('number_unknown')
  const spki = toBase64(signature.certificates[0]!.spki)
  const binding = listed.filter(({ entry }) => entry.keys.some((key) => key.use === 'response' && key.spki === spki))
  if (!binding.length) return because('key')
  const answers = await Promise.all(
    binding.map(async (each) => ({ response, fault: await faultBy(response, each.entry, spki, now, signerOf), listed: each })),
  )
  const good = answers.filter(({ fault }) => fault === null)
  if (!good.length) return answers[0]!
  return new Set(good.map(({ listed: { entry } }) => entry.name)).size > 1 ? because('key_shared') : good[0]!
}

/** Steps 5 to 11, with one entry. */
async function faultBy(response: Response, entry: Entry, spki: string, now: Date, signerOf: ManifestSigner): Promise<Fault | null> {
  const { payload } = response
  const at = payload.as_of
  if (!entry.keys.some((key) => key.use === 'response' && key.spki === spki && isValid(key, at))) return 'key_lapsed'
  if (entry.revoked_at !== null && entry.revoked_at <= at) return 'producer_revoked'
  if (at > timeText(new Date(now.getTime() + HOUR))) return 'future'
  const logKeys = entry.keys.filter(({ use }) => use === 'log')
  const proofs = [payload.record, payload.revocation].filter((part) => part !== null)
  for (const checkpoint of [...proofs.map(({ inclusion }) => inclusion.checkpoint), ...(payload.checkpoint ? [payload.checkpoint] : [])]) {
    const signing = logKeys.filter((key) => signs(key, checkpoint))
    if (!signing.length) return 'log_key'
    if (!signing.some((key) => isValid(key, at))) return 'log_key_lapsed'
  }
  if (!proofs.every(({ leaf, inclusion }) => proves(entryOf(leaf), inclusion))) return 'log'
  if (!payload.record) return null
  const signer = await signerOf(payload.record.manifest)
  return signer && (await isCovered(entry, signer)) ? null : 'signer'
}

/** Whether an entry covers a signer, by the chain that the signer gave. */
export async function isCovered(entry: Entry, path: readonly Certificate[]): Promise<boolean> {
  if (covers(entry.binding, path)) return true
  const brought = entry.authority && (await pathTo(path, [entry.authority]))
  return brought ? covers(entry.binding, brought) : false
}

function isValid(key: BoundKey, at: string): boolean {
  return key.valid_from <= at && (key.valid_to === null || at <= key.valid_to)
}

function signs({ spki }: BoundKey, checkpoint: Checkpoint): boolean {
  const der = fromBase64(spki)!
  if (!equal(der.subarray(0, ED25519_PREFIX.length), ED25519_PREFIX)) return false
  const key = inside(element(der), SEQUENCE)[1]
  return key !== undefined && isSigned(checkpoint, logKey(checkpoint.origin, bits(key)))
}

function proves(entry: Uint8Array, { index, proof, checkpoint }: Inclusion): boolean {
  return includes(leafHash(entry), BigInt(index), checkpoint.size, proof, checkpoint.root)
}
