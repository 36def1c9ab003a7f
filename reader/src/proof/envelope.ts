/** Signed files: a payload, and a signature over its canonical JSON. */

import { sha256 } from '@noble/hashes/sha2.js'
import { fromBase64, fromUtf8, toHex, toUtf8 } from '../bytes/text.ts'
import { readPem, type Certificate } from '../certificates/certificate.ts'
import { DerError } from '../certificates/der.ts'
import { holds } from '../certificates/keys.ts'
import { ReaderError } from '../errors.ts'
import { asObject, FieldError, object, orNull, string } from './fields.ts'
import { canonical, JsonError, parseStrict, type Json, type JsonObject } from './json.ts'

export interface Signature {
  /** The signer's own first. */
  readonly certificates: readonly Certificate[]
  readonly value: Uint8Array
}

export interface Envelope {
  readonly payload: JsonObject
  /** What is signed. */
  readonly signed: Uint8Array
  /** The identity of the file. */
  readonly sha256: string
  readonly signature: Signature | null
  /** What stands beside payload and signature. */
  readonly beside: JsonObject
}

const signatureOf = orNull(object({ certificates: string, value: string }))

/** Read a file of this kind; whatever is wrong with it becomes an error with this code. */
export function reading<T>(code: string, what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof JsonError || error instanceof FieldError || error instanceof DerError) {
      throw new ReaderError(code, `The file is no ${what} that can be read: ${error.message}.`, { cause: error })
    }
    throw error
  }
}

/** Read an envelope within a limit of bytes; `beside` names further keys that it has. */
export function readEnvelope(file: Uint8Array, most: number, beside: readonly string[] = []): Envelope {
  if (file.length > most) throw new FieldError('it is too large')
  const content = fromUtf8(file)
  if (content === undefined) throw new FieldError('it is not UTF-8')
  return envelopeOf(parseStrict(content), beside)
}

export function envelopeOf(value: Json, beside: readonly string[] = []): Envelope {
  const any = (found: Json | undefined) => found ?? null
  const fields = Object.fromEntries(beside.map((key) => [key, any]))
  const found = object({ payload: asObject, signature: signatureOf, ...fields })(value) as unknown as {
    payload: JsonObject
    signature: { certificates: string; value: string } | null
  } & JsonObject
  const signed = toUtf8(canonical(found.payload))
  return { payload: found.payload, signed, sha256: toHex(sha256(signed)), signature: found.signature && readSignature(found.signature), beside: found }
}

function readSignature({ certificates, value }: { certificates: string; value: string }): Signature {
  const bytes = fromBase64(value)
  if (!bytes) throw new FieldError('its signature is no base64')
  return { certificates: readPem(certificates), value: bytes }
}

/** Whether somebody signed it, and the signature is that of the first certificate's key. */
export async function signatureHolds({ signature, signed }: Envelope): Promise<boolean> {
  return signature !== null && holds(signature.certificates[0]!.spki, signed, signature.value)
}
