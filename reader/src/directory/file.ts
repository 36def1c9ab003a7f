/** Directory files: who holds which number, and by which certificates and keys. */

import { toBase64, toHex } from '../bytes/text.ts'
import { readPem, type Certificate } from '../certificates/certificate.ts'
import { inDate, pathOf, pathTo } from '../certificates/path.ts'
import { ReaderError } from '../errors.ts'
import { envelopeOf, readEnvelope, reading, signatureHolds, type Envelope } from '../proof/envelope.ts'
import { asObject, base64, constant, digest, FieldError, integer, list, millisecondsOf, object, orNull, string, text, time, type Field } from '../proof/fields.ts'
import { canonical, type Json, type JsonObject } from '../proof/json.ts'
import { element, SEQUENCE } from '../certificates/der.ts'
import { sha256 } from '@noble/hashes/sha2.js'
import { nameKey } from './names.ts'

const MOST_BYTES = 64 * 2 ** 20
const MOST_NUMBER = 1_048_575
const MOST_KEYS = 64
const ADDRESS = /^https?:\/\/[^/?#@\s\\]+(?:\/[^?#\s\\]*)?$/

export type Binding = { readonly certificate: string } | { readonly issuer: string; readonly subject: string }

export interface BoundKey {
  readonly use: 'log' | 'response'
  readonly spki: string
  readonly valid_from: string
  readonly valid_to: string | null
}

export interface Entry {
  readonly number: number
  readonly name: string
  readonly contact: string
  readonly binding: Binding
  readonly valid_from: string
  readonly valid_to: string | null
  readonly revoked_at: string | null
  readonly reason: string | null
  readonly models: readonly { readonly number: number; readonly name: string; readonly version: string }[]
  readonly authority: Certificate | null
  readonly keys: readonly BoundKey[]
  readonly own: Envelope | null
  readonly endpoint: string | null
  /** The entry as it stands in the file. */
  readonly stated: JsonObject
}

/** Who may believe it of whom: an authority lists anybody, others themselves. */
export type Standing = 'authority' | 'vetted' | 'self'

export interface Directory {
  readonly sha256: string
  readonly issued: string
  readonly validUntil: string | null
  readonly entries: readonly Entry[]
  readonly signer: Certificate
  readonly standing: Standing
  /** Files of one series replace each other. */
  readonly series: string
}

export interface DirectoryTrust {
  readonly directoryAnchors: readonly Certificate[]
  readonly nameAnchors: readonly Certificate[]
}

const bindingOf: Field<Binding> = (value) =>
  'issuer' in asObject(value) ? object({ issuer: digest, subject: string })(value) : object({ certificate: digest })(value)

const keyOf: Field<BoundKey> = (value) => {
  const found = object({ use: constant('log', 'response'), spki: base64, valid_from: time, valid_to: orNull(time) })(value)
  if (element(found.spki).tag !== SEQUENCE) throw new FieldError('a key that is none')
  if (found.valid_to !== null && found.valid_to < found.valid_from) throw new FieldError('a key that ends before it begins')
  return { ...found, spki: toBase64(found.spki) }
}

const versionOf: Field<string> = (value) => (value === '' ? '' : text(value))
const modelOf = object({ number: integer(1, 65_535), name: text, version: versionOf })

const addressOf: Field<string> = (value) => {
  const found = string(value)
  if (!ADDRESS.test(found) || !URL.canParse(found)) throw new FieldError('an endpoint that is no plain address')
  return found
}

const authorityOf: Field<Certificate> = (value) => {
  const [only, ...more] = readPem(string(value))
  if (!only || more.length) throw new FieldError('an authority of several certificates')
  return only
}

const ownOf: Field<Envelope> = (value) => envelopeOf(asObject(value))

const FIRST = {
  number: integer(1, MOST_NUMBER),
  name: text,
  contact: text,
  binding: bindingOf,
  valid_from: time,
  valid_to: orNull(time),
  revoked_at: orNull(time),
  reason: orNull(text),
  models: list(modelOf),
}
const SECOND = { ...FIRST, authority: orNull(authorityOf) }
const THIRD = { ...SECOND, keys: list(keyOf, MOST_KEYS), own: orNull(ownOf) }
const FOURTH = { ...THIRD, endpoint: orNull(addressOf) }
const FORMS: Readonly<Record<string, Readonly<Record<string, Field<unknown>>>>> = {
  'provenance.directory.1': FIRST,
  'provenance.directory.2': SECOND,
  'provenance.directory.3': THIRD,
  'provenance.directory.4': FOURTH,
}

const entryOf = (form: Readonly<Record<string, Field<unknown>>>): Field<Entry> => (value) => {
  const read = object(form)(value) as unknown as Partial<Entry>
  const entry = { authority: null, keys: [], own: null, endpoint: null, ...read, stated: asObject(value) } as unknown as Entry
  const once = (values: readonly string[]) => new Set(values).size === values.length
  if ((entry.revoked_at === null) !== (entry.reason === null)) throw new FieldError('a revocation without time or reason')
  if (entry.valid_to !== null && entry.valid_to < entry.valid_from) throw new FieldError('an entry that ends before it begins')
  if (!once(entry.models.map(({ number }) => String(number)))) throw new FieldError('a model number twice')
  if (!once(entry.models.map(({ name, version }) => `${name}\0${version}`))) throw new FieldError('a model twice')
  if (!once(entry.keys.map(({ use, spki }) => `${use} ${spki}`))) throw new FieldError('a key twice')
  if (entry.authority && 'issuer' in entry.binding && entry.binding.issuer !== entry.authority.sha256) {
    throw new FieldError('the authority of another binding')
  }
  return entry
}

interface Contents {
  readonly issued: string
  readonly validUntil: string | null
  readonly entries: readonly Entry[]
}

function contentsOf({ payload }: Envelope): Contents {
  const type = payload.type
  const form = typeof type === 'string' ? FORMS[type] : undefined
  if (!form) throw new FieldError('another type')
  const dated: Readonly<Record<string, Field<unknown>>> = form === FIRST ? {} : { valid_until: orNull(time) }
  const found = object({ type: string, issued: time, producers: list(entryOf(form)), ...dated })(payload) as unknown as {
    issued: string
    valid_until?: string | null
    producers: readonly Entry[]
  }
  const numbers = found.producers.map(({ number }) => number)
  if (new Set(numbers).size < numbers.length) throw new FieldError('a number twice')
  return { issued: found.issued, validUntil: found.valid_until ?? null, entries: found.producers }
}

function refusal(why: string): ReaderError {
  return new ReaderError('directory', `The directory can't be used: ${why}.`)
}

/** Read a directory file, and find out for whom it speaks. */
export async function readDirectory(file: Uint8Array, trust: DirectoryTrust): Promise<Directory> {
  const { envelope, contents } = reading('directory', 'directory', () => {
    const found = readEnvelope(file, MOST_BYTES)
    return { envelope: found, contents: contentsOf(found) }
  })
  return standingOf(envelope, contents, toHex(sha256(file)), trust)
}

async function standingOf(envelope: Envelope, contents: Contents, digestOfFile: string, trust: DirectoryTrust): Promise<Directory> {
  if (!(await signatureHolds(envelope))) throw refusal('nobody signed it, or the signature does not hold')
  const path = await pathOf(envelope.signature!.certificates)
  const at = millisecondsOf(contents.issued)
  const signer = path[0]!
  const found = { sha256: digestOfFile, ...contents, signer }
  const official = await pathTo(path, trust.directoryAnchors)
  if (official && inDate(official, at)) {
    await Promise.all(contents.entries.map((entry) => checkOwn(entry)))
    return { ...found, standing: 'authority', series: `authority ${official.at(-1)!.sha256}` }
  }
  const [entry, ...more] = contents.entries
  if (!entry || more.length) throw refusal('its signer may list itself alone')
  if (entry.own) throw refusal('only an authority passes on what a producer signed of itself')
  if (!(await speaksFor(entry, path, at))) throw refusal('its signer is not the one that it lists, or was out of date')
  const vetted = await pathTo(path, trust.nameAnchors)
  const isVetted = vetted && inDate(vetted, at) && nameKey(signer.name) === nameKey(entry.name)
  const series = `${entry.number} ${canonical(entry.binding as unknown as Json)}`
  return { ...found, standing: isVetted ? 'vetted' : 'self', series }
}

/** Whether an entry's own holder is the signer with this path, in date. */
async function speaksFor(entry: Entry, path: readonly Certificate[], at: number): Promise<boolean> {
  const { binding, authority } = entry
  if ('issuer' in binding && path[0]!.sha256 === binding.issuer) return inDate(path.slice(0, 1), at)
  const whole = (authority && (await pathTo(path, [authority]))) ?? path
  return covers(binding, whole) && inDate(whole, at)
}

/** Whether a binding is of the signer with this path. */
export function covers(binding: Binding, path: readonly Certificate[]): boolean {
  const [signer, issuer] = path
  if ('certificate' in binding) return signer?.sha256 === binding.certificate
  return issuer?.sha256 === binding.issuer && signer?.subjectText === binding.subject
}

/** What an authority passes on has to be what the producer signed. */
async function checkOwn(entry: Entry): Promise<void> {
  const { own } = entry
  if (!own) return
  const contents = reading('directory', 'directory', () => contentsOf(own))
  const [inner, ...more] = contents.entries
  if (!inner || more.length || !(await signatureHolds(own))) throw refusal("a producer's own word in it does not hold")
  if (!(await speaksFor(inner, await pathOf(own.signature!.certificates), millisecondsOf(contents.issued)))) {
    throw refusal("a producer's own word in it is by somebody else")
  }
  const bound = ({ stated }: Entry) => canonical(['binding', 'authority', 'keys', 'endpoint'].map((key) => stated[key] ?? null))
  if (bound(inner) !== bound(entry)) throw refusal("an entry differs from the producer's own word")
}

