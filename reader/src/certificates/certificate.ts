/** X.509 certificates: what a chain is judged by. */

import { sha256 } from '@noble/hashes/sha2.js'
import { fromBase64, fromUtf8, toBase64, toHex } from '../bytes/text.ts'
import { bits, BOOLEAN, DerError, element, identifier, inside, INTEGER, OCTET_STRING, SEQUENCE, SET, unsigned, type Element } from './der.ts'

export interface Certificate {
  readonly der: Uint8Array
  /** SHA-256 of the DER form. */
  readonly sha256: string
  readonly serial: bigint
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  /** Organisation, else common name, else nothing. */
  readonly name: string
  /** As RFC 4514 writes it. */
  readonly subjectText: string
  /** Milliseconds. */
  readonly from: number
  readonly to: number
  /** SubjectPublicKeyInfo, whole. */
  readonly spki: Uint8Array
  /** What the issuer signed, by which algorithm. */
  readonly signed: Uint8Array
  readonly algorithm: Element
  readonly signature: Uint8Array
  readonly authority: boolean
  /** Authorities that may follow at most; undefined where none is stated. */
  readonly pathLength: number | undefined
  /** Whether it may sign certificates, as far as its key usage says. */
  readonly signsCertificates: boolean
}

const BLOCK = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g
const MARKS = /-----(?:BEGIN|END) CERTIFICATE-----/g
const [BASIC_CONSTRAINTS, KEY_USAGE] = ['2.5.29.19', '2.5.29.15']
const [EXPLICIT_VERSION, EXTENSIONS] = [0xa0, 0xa3]
const CERT_SIGN = 0x04
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.6': 'C',
  '2.5.4.9': 'STREET',
  '0.9.2342.19200300.100.1.25': 'DC',
  '0.9.2342.19200300.100.1.1': 'UID',
}

/** The certificates in a PEM text, at least one; what stands between them is passed over. */
export function readPem(pem: string): Certificate[] {
  const blocks = [...pem.matchAll(BLOCK)].map(([, body]) => fromBase64(body!.replace(/\s/g, '')))
  if (!blocks.length || 2 * blocks.length !== [...pem.matchAll(MARKS)].length) throw new DerError('no certificates')
  return blocks.map((der) => readCertificate(der ?? new Uint8Array()))
}

/** Certificates as PEM, one after the other. */
export function writePem(certificates: readonly Certificate[]): string {
  const lines = (der: Uint8Array) => toBase64(der).replace(/.{1,64}/g, '$&\n')
  return certificates.map(({ der }) => `-----BEGIN CERTIFICATE-----\n${lines(der)}-----END CERTIFICATE-----\n`).join('')
}

export function readCertificate(der: Uint8Array): Certificate {
  const [body, algorithm, signature] = inside(element(der), SEQUENCE)
  if (!body || !algorithm || !signature) throw new DerError('no certificate')
  const parts = inside(body, SEQUENCE)
  const [serial, , issuer, validity, subject, spki, ...rest] = parts[0]?.tag === EXPLICIT_VERSION ? parts.slice(1) : parts
  if (!serial || !issuer || !subject || !spki) throw new DerError('no certificate')
  const [from, to] = inside(validity, SEQUENCE).map(momentOf)
  if (from === undefined || to === undefined) throw new DerError('no validity')
  const names = namesOf(subject)
  const value = (type: string) => names.flat().find((each) => each.type === type)?.value
  const usage = extensionsOf(rest)
  const constraints = usage.get(BASIC_CONSTRAINTS)
  const [first, length] = constraints ? inside(element(constraints), SEQUENCE) : []
  const authority = first?.tag === BOOLEAN && first.content[0] === 0xff
  const keyUsage = usage.get(KEY_USAGE)
  return {
    der,
    sha256: toHex(sha256(der)),
    serial: BigInt(`0x${toHex(unsigned(serial))}`),
    issuer: issuer.whole,
    subject: subject.whole,
    name: value('2.5.4.10') ?? value('2.5.4.3') ?? '',
    subjectText: names.reverse().map((set) => set.map(writeName).join('+')).join(),
    from,
    to,
    spki: spki.whole,
    signed: body.whole,
    algorithm,
    signature: bits(signature),
    authority,
    pathLength: authority && length?.tag === INTEGER ? unsigned(length).reduce((sum, byte) => 256 * sum + byte, 0) : undefined,
    signsCertificates: !keyUsage || ((bits(element(keyUsage))[0] ?? 0) & CERT_SIGN) !== 0,
  }
}

function momentOf({ tag, content }: Element): number {
  const text = String.fromCharCode(...content)
  const short = tag === 0x17
  const digits = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!digits || (digits[1]!.length === 2) !== short) throw new DerError('no time')
  const [year, ...rest] = digits.slice(1).map(Number) as [number, number, number, number, number, number]
  const [month, day, hour, minute, second] = rest
  return Date.UTC(short ? (year < 50 ? 2000 : 1900) + year : year, month - 1, day, hour, minute, second)
}

function extensionsOf(rest: readonly Element[]): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  const wrapper = rest.find(({ tag }) => tag === EXTENSIONS)
  for (const extension of wrapper ? inside(element(wrapper.content), SEQUENCE) : []) {
    const parts = inside(extension, SEQUENCE)
    const value = parts.at(-1)
    if (!parts[0] || value?.tag !== OCTET_STRING) throw new DerError('no extension')
    found.set(identifier(parts[0]), value.content)
  }
  return found
}

interface NameValue {
  readonly type: string
  readonly value: string
}

function namesOf(name: Element): NameValue[][] {
  return inside(name, SEQUENCE).map((set) =>
    inside(set, SET).map((pair) => {
      const [type, value] = inside(pair, SEQUENCE)
      if (!type || !value) throw new DerError('no name')
      return { type: identifier(type), value: textOf(value) }
    }),
  )
}

/** Text of any of the kinds that names have. */
function textOf({ tag, content }: Element): string {
  if (tag === 0x1e) return new TextDecoder('utf-16be').decode(content)
  if (tag === 0x14 || tag === 0x13 || tag === 0x16) return String.fromCharCode(...content)
  const text = fromUtf8(content)
  if (text === undefined) throw new DerError('no text')
  return text
}

function writeName({ type, value }: NameValue): string {
  const escaped = value
    .replace(/["+,;<>\\]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replace(/^[# ]/, '\\$&')
    .replace(/(?<=.) $/s, '\\ ')
  return `${SHORT_NAMES[type] ?? type}=${escaped}`
}

