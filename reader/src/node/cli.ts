/** The command: reads files, prints what marks they carry. */

import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { PUBLIC_KEY } from '../watermark/index.ts'
import { report, type Report } from './report.ts'

const USAGE = `Usage: node cli.mjs FILE... [--json]

Reads the public mark of each picture (PNG, JPEG, WebP). Nothing leaves this machine.

  --json   one JSON object for each file, a line each
`
/** Exit codes: done, no mark in some file, wrong use, a file that cannot be read. */
const [DONE, NONE, USE, UNREADABLE] = [0, 1, 2, 5]

/** Run the command; returns its exit code. */
export async function main(words: string[]): Promise<number> {
  const asked = parse(words)
  if (typeof asked === 'number') return asked
  let worst = DONE
  for (const file of asked.files) {
    const found = await report(file, () => readFile(file), [PUBLIC_KEY])
    process.stdout.write(`${asked.json ? JSON.stringify(found) : text(found)}\n`)
    worst = Math.max(worst, found.error ? UNREADABLE : found.marks.length ? DONE : NONE)
  }
  return worst
}

function parse(words: string[]): { files: string[]; json: boolean } | number {
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) process.stdout.write(USAGE)
    else if (positionals.length) return { files: positionals, json: values.json ?? false }
    else process.stderr.write(USAGE)
    return values.help ? DONE : USE
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return USE
  }
}

function text({ input, marks, error }: Report): string {
  if (error) return `${input}: ${error.message}`
  if (!marks.length) return `${input}: no mark found. That says nothing about where the picture comes from.`
  return marks.map((mark) => `${input}: mark ${(mark as { payload: string }).payload}`).join('\n')
}
