/** Requests: a question to a producer about one stamp. */

import { constant, FieldError, object, orNull, stampId, text, time, timeText } from '../proof/fields.ts'
import { readEnvelope, reading, type Envelope } from '../proof/envelope.ts'

export const REQUEST_TYPE = 'provenance.request.1'
const MOST_BYTES = 256 * 1024

const payload = object({
  type: constant(REQUEST_TYPE),
  stamp_id: stampId,
  part: constant('public', 'account'),
  issued: time,
  recipient: orNull(text),
  case: orNull(text),
  legal_basis: orNull(text),
  purpose: orNull(text),
  requester: orNull(text),
})

export type RequestPayload = ReturnType<typeof payload>

export interface Request {
  readonly envelope: Envelope
  readonly payload: RequestPayload
}

export function readRequest(file: Uint8Array): Request {
  return reading('request', 'request', () => {
    const envelope = readEnvelope(file, MOST_BYTES)
    const found = payload(envelope.payload)
    if (found.part === 'account' && (!found.case || !found.purpose)) throw new FieldError('it asks for the account without case and purpose')
    return { envelope, payload: found }
  })
}

/** What a request may say besides the stamp. */
export interface Asking {
  readonly recipient?: string
  readonly case?: string
  readonly legalBasis?: string
  readonly purpose?: string
  readonly requester?: string
  readonly issued?: Date
}

/** An unsigned request for the public part, as a file's text: it holds nothing of the picture. */
export function makeRequest(stamp: string, asking: Asking = {}): string {
  const asked = payload({
    type: REQUEST_TYPE,
    stamp_id: stamp,
    part: 'public',
    issued: timeText(asking.issued ?? new Date()),
    recipient: asking.recipient ?? null,
    case: asking.case ?? null,
    legal_basis: asking.legalBasis ?? null,
    purpose: asking.purpose ?? null,
    requester: asking.requester ?? null,
  })
  return `${JSON.stringify({ payload: asked, signature: null }, null, 1)}\n`
}
