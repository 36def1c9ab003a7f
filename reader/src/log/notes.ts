/** Checkpoints: C2SP's signed notes, and the keys of logs and witnesses. */

import { sha256 } from '@noble/hashes/sha2.js'
import { equal, fromHex, fromStrictBase64, fromUtf8, joined, toUtf8 } from '../bytes/text.ts'
import { ed25519Holds } from '../certificates/keys.ts'
import { ReaderError } from '../errors.ts'
import { MOST_SIZE } from './tree.ts'

const MOST_CHARACTERS = 1 << 20
const MOST_LINES = 100
const [ID_BYTES, KEY_BYTES, SIGNATURE_BYTES, TIME_BYTES] = [4, 32, 64, 8]
/** The kinds of keys, as their first byte. */
const [LOG, WITNESS] = [1, 4] as const
const SIZE = /^(?:0|[1-9]\d{0,18})$/
const NAME = /^[^\s+]+$/
const SIGNATURE = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/
const HIDDEN = /[\u0000-\u0009\u000b-\u001f]/ // eslint-disable-line no-control-regex

export interface Checkpoint {
  /** The log's name. */
  readonly origin: string
  readonly size: bigint
  readonly root: Uint8Array
  readonly body: Uint8Array
  readonly lines: readonly { readonly name: string; readonly id: Uint8Array; readonly signature: Uint8Array }[]
}

export interface NoteKey {
  readonly name: string
  readonly id: Uint8Array
  readonly key: Uint8Array
}

function broken(what: string): ReaderError {
  return new ReaderError('registry.log_integrity', `The checkpoint can't be read: ${what}.`)
}

export function readCheckpoint(note: string | Uint8Array): Checkpoint {
  const text = typeof note === 'string' ? note : fromUtf8(note)
  if (text === undefined) throw broken('it is not UTF-8')
  if ([...text].length > MOST_CHARACTERS || HIDDEN.test(text) || !text.isWellFormed()) throw broken('it is too long, or holds what is not text')
  if (!text.endsWith('\n')) throw broken('its last line does not end')
  const gap = text.indexOf('\n\n')
  const body = gap < 0 ? text : text.slice(0, gap + 1)
  const [origin, size, root, ...more] = body.slice(0, -1).split('\n')
  const hash = fromStrictBase64(root ?? '')
  if (!origin || !SIZE.test(size ?? '') || BigInt(size!) > MOST_SIZE || hash?.length !== KEY_BYTES) throw broken('its body has another form')
  if (more.includes('')) throw broken('an empty line in the body')
  const lines = gap < 0 ? [] : text.slice(gap + 2, -1).split('\n').map(signatureLine)
  if (lines.length > MOST_LINES) throw broken('too many signatures')
  return { origin, size: BigInt(size!), root: hash, body: toUtf8(body), lines }
}

function signatureLine(line: string): Checkpoint['lines'][number] {
  const [, name, encoded] = SIGNATURE.exec(line) ?? []
  const bytes = fromStrictBase64(encoded ?? '')
  if (!name || !bytes || bytes.length <= ID_BYTES) throw broken('a signature line has another form')
  return { name, id: bytes.subarray(0, ID_BYTES), signature: bytes.subarray(ID_BYTES) }
}

function idOf(name: string, kind: number, key: Uint8Array): Uint8Array {
  return sha256(joined(toUtf8(`${name}\n`), Uint8Array.of(kind), key)).subarray(0, ID_BYTES)
}

/** The key of a log by its name, from the 32 bytes of an Ed25519 key. */
export function logKey(origin: string, key: Uint8Array): NoteKey {
  return { name: origin, id: idOf(origin, LOG, key), key }
}

export const readLogKey = (text: string) => readKey(text, LOG)
export const readWitnessKey = (text: string) => readKey(text, WITNESS)

/** A key as text: `NAME+KEY_ID+KEY`. */
function readKey(text: string, kind: number): NoteKey {
  const [, name, id, encoded] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/.exec(text) ?? []
  const bytes = fromStrictBase64(encoded ?? '')
  const key = bytes?.subarray(1)
  const fits = name && NAME.test(name) && bytes?.length === KEY_BYTES + 1 && bytes[0] === kind
  if (!fits || !key || !equal(idOf(name, kind, key), fromHex(id!)!)) throw new ReaderError('registry.log_integrity', "This is no key of a log or witness.")
  return { name, id: fromHex(id!)!, key }
}

function linesOf({ lines }: Checkpoint, { name, id }: NoteKey): Uint8Array[] {
  return lines.filter((line) => line.name === name && equal(line.id, id)).map(({ signature }) => signature)
}

/** Whether the log's key signed it: it has such a line, and every one holds. */
export function isSigned(checkpoint: Checkpoint, key: NoteKey): boolean {
  const found = linesOf(checkpoint, key)
  return checkpoint.origin === key.name && found.length > 0 && found.every((signature) => ed25519Holds(key.key, checkpoint.body, signature))
}

/** When a witness cosigned it, in seconds since 1970; undefined if it did not. A forged line is an error. */
export function cosignedAt(checkpoint: Checkpoint, witness: NoteKey): number | undefined {
  const times = linesOf(checkpoint, witness).map((line) => {
    const [stated, signature] = [line.subarray(0, TIME_BYTES), line.subarray(TIME_BYTES)]
    const seconds = line.length === TIME_BYTES + SIGNATURE_BYTES ? new DataView(stated.slice().buffer).getBigUint64(0) : 0n
    const message = joined(toUtf8(`cosignature/v1\ntime ${seconds}\n`), checkpoint.body)
    if (!ed25519Holds(witness.key, message, signature)) {
      throw new ReaderError('witness.forged', `A cosignature names ${witness.name} and is forged: use another copy of the checkpoint.`)
    }
    return Number(seconds)
  })
  return times.length ? Math.max(...times) : undefined
}
