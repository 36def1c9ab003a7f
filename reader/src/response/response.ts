/** Responses: what a producer answers about one stamp, with the proofs. */

import { sha256 } from '@noble/hashes/sha2.js'
import { equal, fromHex, toHex, toUtf8 } from '../bytes/text.ts'
import { record, revocation, type RecordLeaf, type RevocationLeaf } from '../log/entries.ts'
import { readCheckpoint, type Checkpoint } from '../log/notes.ts'
import { MOST_HASHES } from '../log/tree.ts'
import { ReaderError } from '../errors.ts'
import { readEnvelope, reading, type Envelope } from '../proof/envelope.ts'
import { base64, constant, digest, FieldError, hex, integer, list, object, orNull, stampId, string, text, time, type Field } from '../proof/fields.ts'
import { canonical } from '../proof/json.ts'

const MOST_BYTES = 16 * 2 ** 20

const checkpointOf: Field<Checkpoint> = (value) => {
  try {
    return readCheckpoint(string(value))
  } catch (error) {
    if (error instanceof ReaderError) throw new FieldError('a checkpoint that is none')
    throw error
  }
}

const inclusion = object({
  index: integer(0, Number.MAX_SAFE_INTEGER),
  proof: list((value) => fromHex(digest(value))!, MOST_HASHES),
  checkpoint: checkpointOf,
})

export type Inclusion = ReturnType<typeof inclusion>

const payload = object({
  type: constant('provenance.response.1'),
  stamp_id: stampId,
  request: orNull(digest),
  outcome: constant('found', 'none', 'refused'),
  as_of: time,
  reason: orNull(text),
  checkpoint: orNull(checkpointOf),
  record: orNull(object({ leaf: record, inclusion, manifest: base64 })),
  revocation: orNull(object({ leaf: revocation, inclusion })),
  account: orNull(object({ case: text, purpose: text, sha256: orNull(digest), refused: orNull(text) })),
})

const disclosure = orNull(object({ salt: hex(64), pseudonym: orNull(hex(32)) }))

export type ResponsePayload = ReturnType<typeof payload>
export type { RecordLeaf, RevocationLeaf }

export interface Response {
  readonly envelope: Envelope
  readonly payload: ResponsePayload
  /** Whether an account is told that the producer signed; false too where none is. */
  readonly disclosed: boolean
}

export function readResponse(file: Uint8Array): Response {
  return reading('response', 'response', () => {
    const envelope = readEnvelope(file, MOST_BYTES, ['disclosed'])
    const found = payload(envelope.payload)
    const told = disclosure(envelope.beside.disclosed)
    checkParts(found)
    checkAccount(found, told !== null)
    const stated = told && canonical({ pseudonym: told.pseudonym, salt: told.salt, stamp_id: found.stamp_id })
    const disclosed = stated !== null && found.account?.sha256 === toHex(sha256(toUtf8(stated)))
    return { envelope, payload: found, disclosed }
  })
}

/** The producer's number, which is in the stamp id. */
export function numberOf({ payload: { stamp_id: id } }: Response): number {
  return parseInt(id.slice(1, 6), 16)
}

function checkParts({ outcome, record, revocation, account, checkpoint, reason, stamp_id: id }: ResponsePayload): void {
  const parts = { found: record, none: checkpoint, refused: reason }
  for (const [name, part] of Object.entries(parts)) {
    if ((part !== null) !== (name === outcome)) throw new FieldError(`${outcome}, with other parts than that has`)
  }
  if (!record && (revocation || account)) throw new FieldError('a revocation or an account without a record')
  if ([record, revocation].some((part) => part && part.leaf.stamp_id !== id)) throw new FieldError('it is about another stamp')
  if (record && !equal(fromHex(record.leaf.store_sha256)!, sha256(record.manifest))) throw new FieldError('another manifest')
}

function checkAccount({ account }: ResponsePayload, told: boolean): void {
  if (account && (account.sha256 === null) === (account.refused === null)) throw new FieldError('an account that is told and refused, or neither')
  if (told && !account?.sha256) throw new FieldError('it discloses what is not signed')
}
