/** A file's verdict, without anything at hand but the file. */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodePicture } from 'image-provenance-reader/node'
import { verify, type Progress } from 'image-provenance-reader'
import { vector } from './vectors.ts'

const file = (name: string) => new Uint8Array(readFileSync(new URL(`../../vectors/pictures/${name}`, import.meta.url)))
const cases = vector('pictures/pictures.json').cases as { name: string; file: string; sha256: string; expected: { payload: string } | null }[]
const marked = cases.find(({ name }) => name === 'half')!

describe('a file alone', () => {
  test('with a mark: somebody is named, nobody has proved it', async () => {
    const verdict = await verify(file(marked.file), { decode: decodePicture, name: marked.file })
    expect([verdict.state, verdict.origin, verdict.sha256]).toEqual(['claimed', null, marked.sha256])
    expect(verdict.evidence.flatMap(({ codes }) => codes)).toContain('watermark.public')
    expect(verdict.evidence[0]!.says).toContain(marked.expected!.payload)
  })

  test('without: nothing is known, and progress never falls', async () => {
    const told: Progress[] = []
    const verdict = await verify(file('unmarked.png'), { decode: decodePicture, progress: (each) => told.push(each) })
    expect([verdict.state, verdict.error]).toEqual(['none', null])
    const shares = told.map(({ share }) => share)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    expect(told.at(-1)).toEqual({ step: 'done', share: 1 })
  })

  test('that is no picture: every key is there, and why', async () => {
    const verdict = await verify(Uint8Array.of(1, 2, 3), { decode: decodePicture })
    expect([verdict.state, verdict.error?.code, verdict.evidence]).toEqual([null, 'input.unsupported', []])
  })

  test('given up in the middle', async () => {
    const controller = new AbortController()
    const progress = ({ step }: Progress) => step === 'mark' && controller.abort(new Error('enough'))
    const asked = verify(file('unmarked.png'), { decode: decodePicture, progress, signal: controller.signal })
    await expect(asked).rejects.toThrow('enough')
  })
})
