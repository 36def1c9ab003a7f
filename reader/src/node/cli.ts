/** The command: reads files, prints what marks they carry and where they come from. */

import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { ReaderError } from '../errors.ts'
import { NAMED_BY_ITSELF, type NamedFile, type State, type Trust } from '../verdict/index.ts'
import { report, type Report, type Support } from './report.ts'

const USAGE = `Usage: node cli.mjs FILE... [--json] [--directory FILE] [--response FILE] [--anchors PEM] [--key HEX]

Reads the marks of each picture (PNG, JPEG, WebP, AVIF), and says who proved to have signed it. Nothing leaves this machine.

  --json                      one JSON object for each file, a line each
  --directory FILE            a producer's signed directory file, or an authority's
  --response FILE             what a producer answered about a stamp
  --anchors PEM               authorities that may certify any name, such as C2PA's list
  --directory-anchors PEM     authorities whose directories may list anybody
  --key HEX                   a key of private marks, 32 bytes, looked for as well

All but --json may be given several times.
`
/** Exit codes: a mark in every file, none in some, wrong use, a file that cannot be read. */
const [DONE, NONE, USE, UNREADABLE] = [0, 1, 2, 5]
const KEY = /^[0-9a-f]{64}$/i

const SENTENCES: Readonly<Record<State, string>> = {
  attributed: 'its origin is proved',
  conflict: 'proofs contradict each other',
  tampered: 'its credentials do not hold',
  claimed: 'an origin is named, and nobody has proved it',
  similar: 'it looks like a stamped picture',
  none: 'no evidence was found, which says nothing about where it comes from',
}

interface Asked extends Support {
  readonly files: readonly string[]
  readonly json: boolean
}

/** Run the command; returns its exit code. */
export async function main(words: string[]): Promise<number> {
  const asked = await parse(words)
  if (typeof asked === 'number') return asked
  let worst = DONE
  for (const file of asked.files) {
    const found = await report(file, () => readFile(file), asked)
    process.stdout.write(`${asked.json ? JSON.stringify(found) : text(found)}\n`)
    worst = Math.max(worst, found.error ? UNREADABLE : found.marks.length ? DONE : NONE)
  }
  return worst
}

async function parse(words: string[]): Promise<Asked | number> {
  try {
    const several = { type: 'string', multiple: true } as const
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        directory: several,
        response: several,
        anchors: several,
        'directory-anchors': several,
        key: several,
      },
    })
    if (values.help || !positionals.length) {
      ;(values.help ? process.stdout : process.stderr).write(USAGE)
      return values.help ? DONE : USE
    }
    const trust: Trust = {
      anchors: await Promise.all((values.anchors ?? []).map((file) => readFile(file, 'utf8'))),
      directoryAnchors: await Promise.all((values['directory-anchors'] ?? []).map((file) => readFile(file, 'utf8'))),
      directories: await Promise.all((values.directory ?? []).map(named)),
    }
    const responses = await Promise.all((values.response ?? []).map((file) => readFile(file)))
    return { files: positionals, json: values.json ?? false, keys: (values.key ?? []).map(keyOf), responses, trust }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return USE
  }
}

async function named(file: string): Promise<NamedFile> {
  return { name: basename(file), data: await readFile(file) }
}

function keyOf(hex: string): Uint8Array {
  if (!KEY.test(hex)) throw new ReaderError('usage', 'A key has 64 hex digits.')
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

function text({ input, marks, verdict, error }: Report): string {
  if (error) return `${input}: ${error.message}`
  const { origin, state } = verdict!
  const unseen = verdict!.evidence.some(({ codes }) => codes.includes('pixels.not_examined'))
  const found = marks.map((mark) => `mark ${mark.payload}`).join(', ') || (unseen ? 'marks were not looked for, as the pixels are not read here' : 'no mark found')
  const own = verdict!.evidence.some(({ codes }) => codes.includes(NAMED_BY_ITSELF)) ? ', by its own word alone' : ''
  const who = origin ? `: ${origin.producer} (${origin.match}${own})` : ''
  return `${input}: ${found}; ${SENTENCES[state!]}${who}.`
}
