/** What is made of a manifest: codes, statements, and who signed. Whole files are read in the project's own tests. */

import { describe, expect, test } from 'vitest'
import { joined, toBase64, toUtf8 } from '../src/bytes/text.ts'
import { readPem } from '../src/certificates/certificate.ts'
import { CborError, readCbor } from '../src/credentials/cbor.ts'
import { integrityOf, isTrusted, ownFailures } from '../src/credentials/codes.ts'
import { hasCredentials, mediaTypeOf, pointsElsewhere } from '../src/credentials/presence.ts'
import { chainOf } from '../src/credentials/signer.ts'
import { actionsOf, sourceTypeOf, stampOf, timeOf } from '../src/credentials/statements.ts'
import { vector } from './vectors.ts'

const URN = 'urn:c2pa:6d1f3d7e-0b3c-4b0f-9f0a-0d9c7a1f2e3d'
const AI = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia'
const failing = (...codes: string[]) => codes.map((code) => ({ code, url: `self#jumbf=/c2pa/${URN}/c2pa.assertions/x` }))
const signed = ['claimSignature.validated', 'signingCredential.trusted'].map((code) => ({ code, url: `self#jumbf=/c2pa/${URN}/c2pa.signature` }))

describe('codes', () => {
  test.each([
    ['intact'],
    ['changed', 'assertion.dataHash.mismatch'],
    ['broken', 'claimSignature.mismatch'],
    ['broken', 'assertion.dataHash.mismatch', 'assertion.hashedURI.mismatch'],
    ['unbound', 'claim.hardBindings.missing'],
    ['intact', 'signingCredential.untrusted'],
  ])('%s: %s %s', (integrity, ...codes) => expect(integrityOf(failing(...codes))).toBe(integrity))

  test('trusted: validated and known, and nothing said against it but a lost binding or a broken rule', () => {
    expect(isTrusted(URN, signed, [])).toBe(true)
    expect(isTrusted(URN, signed, failing('assertion.dataHash.mismatch', 'assertion.action.malformed'))).toBe(true)
    expect(isTrusted(URN, signed, failing('something.unheard.of'))).toBe(false)
    expect(isTrusted(URN, signed.slice(1), [])).toBe(false)
    expect(isTrusted('urn:c2pa:another', signed, [])).toBe(false)
  })

  test("another manifest's failure is the other's", () => {
    const other = { code: 'claimSignature.mismatch', url: 'self#jumbf=/c2pa/urn:c2pa:another/c2pa.signature' }
    expect(ownFailures(URN, [other, ...failing('assertion.missing')]).map(({ code }) => code)).toEqual(['assertion.missing'])
  })
})

describe('our stamp', () => {
  const payload = '180000100f1234567890abcd'
  const value = toBase64(Uint8Array.from(Buffer.from(payload, 'hex')))
  const stamp = { label: 'unlisted.provenance.stamp', created: true, data: { producer: 1, producer_name: 'Ada', stamp_id: payload, lattice: 'none', pdq: '' } }
  const binding = { label: 'c2pa.soft-binding', created: true, data: { alg: 'unlisted.provenance.dwt.1', blocks: [{ value }] } }

  test('is read where both copies of its bits are equal', () => {
    expect(stampOf([stamp, binding], 2)).toMatchObject({ number: 1, payload, producerName: 'Ada' })
  })
  test.each([
    ['passed on and not stated', [{ ...stamp, created: false }, binding]],
    ['stated twice', [stamp, stamp, binding]],
    ['with other bits', [{ ...stamp, data: { ...stamp.data, stamp_id: '0'.repeat(24) } }, binding]],
    ['without its soft binding', [stamp]],
    ['with a number that is none', [{ ...stamp, data: { ...stamp.data, producer: 1.5 } }, binding]],
  ])('%s is none', (_, assertions) => expect(stampOf(assertions, 2)).toBeNull())
})

test('actions: the model by name or from the list, times with a zone, source types of the vocabulary', () => {
  const data = {
    softwareAgents: [{ name: 'listed', version: '2' }],
    actions: [
      { action: 'c2pa.created', softwareAgentIndex: 0, when: '2026-01-31T13:00:00+01:00', digitalSourceType: AI },
      { action: 'c2pa.edited', softwareAgent: 'named', when: 'yesterday', digitalSourceType: 'https://example.org/mine' },
    ],
  }
  const [first, second] = actionsOf([{ label: 'c2pa.actions.v2', created: true, data }], 2)
  expect(first).toEqual({ action: 'c2pa.created', model: 'listed', model_version: '2', time: '2026-01-31T12:00:00Z', source_type: AI, stated: true })
  expect(second).toEqual({ action: 'c2pa.edited', model: 'named', model_version: null, time: null, source_type: null, stated: true })
  expect([timeOf('2026-01-31T12:00:00'), sourceTypeOf(7)]).toEqual([null, null])
})

describe('who signed', () => {
  const [certificate] = readPem(vector('response/several.json').signer)
  const box = (type: string, ...content: Uint8Array[]) => {
    const body = joined(...content)
    const head = new Uint8Array(8)
    new DataView(head.buffer).setUint32(0, body.length + 8)
    head.set(toUtf8(type), 4)
    return joined(head, body)
  }
  const superbox = (label: string, ...content: Uint8Array[]) => box('jumb', box('jumd', new Uint8Array(17), toUtf8(`${label}\0`)), ...content)
  const bytes = (value: Uint8Array) => joined(Uint8Array.of(0x59, value.length >> 8, value.length & 255), value)
  /** [protected {33: certificate}, {}, null, signature]. */
  const cose = joined(Uint8Array.of(0xd2, 0x84), bytes(joined(Uint8Array.of(0xa1, 0x18, 33), bytes(certificate!.der))), Uint8Array.of(0xa0, 0xf6), bytes(new Uint8Array(64)))
  const store = superbox('c2pa', superbox(URN, superbox('c2pa.signature', box('cbor', cose))))

  test('the certificate out of the boxes of its manifest', () => {
    expect(chainOf(store, URN)?.map(({ sha256 }) => sha256)).toEqual([certificate!.sha256])
  })
  test('nobody, where the boxes are another manifest, or cut off', () => {
    expect(chainOf(store, 'urn:c2pa:another')).toBeUndefined()
    expect(chainOf(store.subarray(0, store.length - 9), URN)).toBeUndefined()
    expect(() => readCbor(Uint8Array.of(0x5a, 1, 0, 0, 0))).toThrow(CborError)
  })
})

test('what a file carries is seen before anything is loaded', () => {
  const png = joined(Uint8Array.of(0x89), toUtf8('PNG....'), toUtf8('jumdc2pa'))
  expect([hasCredentials(png), mediaTypeOf(png)]).toEqual([true, 'image/png'])
  expect(hasCredentials(png.subarray(0, 12))).toBe(false)
  expect(pointsElsewhere(toUtf8('<rdf dcterms:provenance="https://example.org/m.c2pa"/>'))).toBe(true)
})
