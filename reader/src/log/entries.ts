/** What a log holds: records of stamps, and their revocations. */

import { toUtf8 } from '../bytes/text.ts'
import { constant, digest, FieldError, hex, integer, object, orNull, stampId, string, time, type Field } from '../proof/fields.ts'
import { canonical, type Json } from '../proof/json.ts'

const MOST_ENTRY = 65_535
const MOST_TEXT = 65_536

const plain: Field<string> = (value) => {
  const found = string(value)
  if (found.includes('\0') || [...found].length > MOST_TEXT) throw new FieldError('a text that is too long, or holds nothing')
  return found
}

const recordFields = object({
  stamp_id: stampId,
  manifest_urn: plain,
  producer: integer(0, 1_048_575),
  producer_name: plain,
  model: plain,
  model_version: plain,
  model_number: integer(0, 65_535),
  created: time,
  recorded: time,
  sha256: digest,
  format: plain,
  pdq: hex(64),
  pdq_quality: integer(0, 100),
  lattice: plain,
  parent: orNull(plain),
  store_sha256: digest,
  type: constant('provenance.record.1'),
})

const revocationFields = object({
  stamp_id: stampId,
  revoked: time,
  reason: plain,
  since: orNull(time),
  type: constant('provenance.revocation.1'),
})

export type RecordLeaf = ReturnType<typeof recordFields>
export type RevocationLeaf = ReturnType<typeof revocationFields>

export const record: Field<RecordLeaf> = (value) => bounded(recordFields(value))

export const revocation: Field<RevocationLeaf> = (value) => {
  const found = revocationFields(value)
  if (!found.reason.trim()) throw new FieldError('a revocation without reason')
  if (found.since !== null && found.since > found.revoked) throw new FieldError('a revocation since a time after it')
  return bounded(found)
}

/** The bytes that the log hashes. */
export function entryOf(leaf: RecordLeaf | RevocationLeaf): Uint8Array {
  return toUtf8(canonical(leaf as unknown as Json))
}

function bounded<T extends RecordLeaf | RevocationLeaf>(leaf: T): T {
  if (entryOf(leaf).length > MOST_ENTRY) throw new FieldError('an entry that is too long')
  return leaf
}
