/** V11 and V12: canonical JSON, and signed files; and the requests of V15. */

import { describe, expect, test } from 'vitest'
import { sha256 } from '@noble/hashes/sha2.js'
import { toHex, toUtf8 } from '../src/bytes/text.ts'
import { signatureHolds } from '../src/proof/envelope.ts'
import { canonical, parseStrict } from '../src/proof/json.ts'
import { makeRequest, readRequest } from '../src/response/request.ts'
import { cases } from './vectors.ts'

describe('canonical JSON', () => {
  test.each(cases('envelope/canonical.json'))('$name', ({ text, canonical: expected }) => {
    const form = () => toHex(toUtf8(canonical(parseStrict(text))))
    if (expected === null) expect(form).toThrow()
    else expect(form()).toBe(expected)
  })
})

describe('signed files', () => {
  test.each(cases('envelope/envelope.json'))('$name', async ({ file, expected }) => {
    const read = () => readRequest(toUtf8(file))
    if (!expected.read) return expect(read).toThrow(expect.objectContaining({ code: expected.code }))
    const { envelope } = read()
    const signer = envelope.signature?.certificates[0]
    expect({
      read: true,
      holds: await signatureHolds(envelope),
      sha256: envelope.sha256,
      certificate_sha256: signer?.sha256 ?? null,
      spki_sha256: signer ? toHex(sha256(signer.spki)) : null,
    }).toEqual(expected)
  })
})

describe('requests', () => {
  test.each(cases('response/request.json'))('$name', async ({ file, expected }) => {
    const read = () => readRequest(toUtf8(file))
    if (!expected.read) return expect(read).toThrow(expect.objectContaining({ code: expected.code }))
    const { envelope, payload } = read()
    expect({ read: true, part: payload.part, sha256: envelope.sha256, holds: await signatureHolds(envelope) }).toEqual(expected)
  })

  test('one that is made here is read, and says what was asked', () => {
    const made = makeRequest('180001000712345678901234', { recipient: 'Ada Images', issued: new Date('2026-05-20T09:30:00Z') })
    const { payload } = readRequest(toUtf8(made))
    expect([payload.recipient, payload.issued, payload.part]).toEqual(['Ada Images', '2026-05-20T09:30:00.000000Z', 'public'])
  })
})
