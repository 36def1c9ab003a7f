/** A file's verdict, without anything at hand but the file. */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodePicture } from 'image-provenance-reader/node'
import { ReaderError, UNAVAILABLE, verify, verifyWhole, type CredentialsReader, type Options, type Progress } from 'image-provenance-reader'
import { joined, toUtf8 } from '../src/bytes/text.ts'
import type { ReadManifest } from '../src/credentials/types.ts'
import { cases as casesOf, vector } from './vectors.ts'

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

describe('past a mark that proves nothing', () => {
  /** Of somebody else's stamp, and read by nobody's directory. */
  const response = toUtf8((casesOf('response/response.json') as unknown as { file: string; expected: { read: boolean } }[]).find(({ expected }) => expected.read)!.file)
  const store = joined(file(marked.file), toUtf8('jumdc2pa')) // behind the picture's end: only something that looks like credentials
  const stranger = { urn: 'urn:c2pa:x', active: true, integrity: 'intact', trusted: false, failures: [], chain: [], stamp: null, actions: [], ingredients: [] } as unknown as ReadManifest
  const reading = (read: CredentialsReader['read']) => () => Promise.resolve({ read })
  const damaged = () => Promise.reject(new ReaderError('manifest.damaged', 'Damaged.'))

  /** How often the search began anew, and what was told. */
  async function searches(bytes: Uint8Array, options: Partial<Options> = {}) {
    const told: Progress[] = []
    const verdict = await verify(bytes, { decode: decodePicture, progress: (each) => told.push(each), ...options })
    const began = told.filter(({ step }, n) => step === 'further' && told[n - 1]?.step !== 'further').length
    const said = verdict.evidence.filter(({ codes }) => codes.includes('watermark.searched_on')).length
    expect(said).toBe(began)
    return { began, told, state: verdict.state }
  }

  test.each<[string, Uint8Array, Partial<Options>, number]>([
    ['nothing at hand could speak for any: once', file(marked.file), {}, 0],
    ['a response at hand could: to the end', file(marked.file), { responses: [response] }, 1],
    ['a response that can not be read could not', file(marked.file), { responses: [toUtf8('{}')] }, 0],
    ['the manifest in the file could, whoever signed it', store, { credentials: reading(() => Promise.resolve([stranger])) }, 1],
    ['one that can not be read could not', store, { credentials: reading(damaged) }, 0],
    ['one that nobody reads could not', store, {}, 0],
    ['every mark was asked for: once', file(marked.file), { allMarks: true, responses: [response] }, 0],
    ['no mark: there is nothing to go past', file('unmarked.png'), { responses: [response] }, 0],
  ])('%s', async (_, bytes, options, expected) => {
    expect((await searches(bytes, options)).began).toBe(expected)
  })

  test('a genuine manifest that a stranger names as a parent has stated nothing of this picture', async () => {
    const action = { action: 'c2pa.created', model: 'm', model_version: null, time: null, source_type: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia', stated: true }
    const genuine = { ...stranger, urn: 'urn:c2pa:a', active: false, trusted: true, signerName: 'A', actions: [action] } as unknown as ReadManifest
    const { summary } = await verify(store, { decode: decodePicture, credentials: reading(() => Promise.resolve([stranger, genuine])) })
    expect(summary.map(({ signer, trusted, link }) => ({ signer, trusted, link }))).toEqual([{ signer: 'A', trusted: false, link: 'unproved' }])
  })

  test('an earlier signer whom nobody here vouches for is not trusted, whatever was recorded about it', async () => {
    const earlier = { ...stranger, urn: 'urn:c2pa:y', active: false, trusted: true, signerName: 'Famous' }
    const verdict = await verify(store, { decode: decodePicture, credentials: reading(() => Promise.resolve([stranger, earlier])) })
    expect(verdict.history.map(({ urn, trusted }) => [urn, trusted])).toEqual([['urn:c2pa:x', false], ['urn:c2pa:y', false]])
    expect(verdict.history[1]!.signer).toBe('Famous')
  })

  test('it is told how far that is, and it can be given up', async () => {
    const { told } = await searches(file(marked.file), { responses: [response] })
    const shares = told.filter(({ step }) => step === 'further').map(({ share }) => share)
    expect(new Set(shares).size).toBeGreaterThan(3)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    const controller = new AbortController()
    const progress = ({ step }: Progress) => step === 'further' && controller.abort(new Error('enough'))
    await expect(searches(file(marked.file), { responses: [response], progress, signal: controller.signal })).rejects.toThrow('enough')
  })

  test('without what reads credentials the rest is told, and what is missing', async () => {
    const credentials = () => Promise.reject(new ReaderError(UNAVAILABLE, 'Not here.'))
    const { verdict, credentialsMissing } = await verifyWhole(store, { decode: decodePicture, credentials })
    expect([verdict.state, credentialsMissing]).toEqual(['claimed', true])
    expect(verdict.evidence.flatMap(({ codes }) => codes)).toEqual(expect.arrayContaining(['watermark.public', 'manifest.unsupported']))
    const faulty = verify(store, { decode: decodePicture, credentials: () => Promise.reject(new Error('a defect')) })
    await expect(faulty).rejects.toThrow('a defect')
  })
})

describe('a moving picture', () => {
  const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
  const frame = '\x21\xf9\x04\x00\x0a\x00\x00\x00'
  test.each([
    ['GIF', `GIF89a${frame}${frame}`, true],
    ['GIF of one frame', `GIF89a${frame}`, false],
    ['PNG', '\x89PNG\r\n\x1a\n....acTL', true],
    ['PNG of one', '\x89PNG\r\n\x1a\n....IDAT', false],
    ['WebP', 'RIFF....WEBPVP8X....ANIM', true],
    ['AVIF', '....ftypavis', true],
    ['AVIF of one', '....ftypavif', false],
  ])('%s: that its first frame alone was looked at is said', async (_, text, moves) => {
    const decode = () => decodePicture(file('unmarked.png'))
    const { evidence } = await verify(bytes(text), { decode })
    expect(evidence.some(({ codes }) => codes.includes('pixels.frames'))).toBe(moves)
  })
})
