import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { choose, CODES, fill, LANGUAGES, speaker, type Key } from '../messages/index.ts'

const { en } = LANGUAGES
const KEYS = Object.keys(en) as Key[]
/** What is the same word in another language, or a name. */
const SAME = new Set(['digest', 'fileSize'])
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

describe.each(CODES)('%s', (code) => {
  const messages = LANGUAGES[code]

  test('has every message and no other', () => {
    expect(Object.keys(messages).sort()).toEqual([...KEYS].sort())
  })

  test('says each in its own words, with the same holes', () => {
    for (const key of KEYS) {
      expect(messages[key].trim(), key).toBe(messages[key])
      expect(messages[key], key).not.toBe('')
      expect(holes(messages[key]), key).toEqual(holes(en[key]))
      if (code !== 'en' && !SAME.has(key)) expect(messages[key], key).not.toBe(en[key])
    }
  })

  test('says times, shares and countries', () => {
    const { time, share, country } = speaker(code)
    expect(time(new Date('2026-11-30T08:09:00Z'))).toMatch(/2026.*0?8.09.*UTC/)
    expect(share(0.4)).toMatch(/^40\s?%$/)
    expect(country('DE')).not.toBe('DE')
  })
})

test('every message is used', () => {
  const folder = new URL('../src/', import.meta.url)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const source = files.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n')
  expect(KEYS.filter((key) => !source.includes(`'${key}'`) && !source.includes(`.${key}`))).toEqual([])
})

test('values are filled in as text', () => {
  expect(fill('{a} and {b}, {c}', { a: '{b}', b: 2 })).toBe('{b} and 2, {c}')
})

test('the language is what is asked for, else the first that the browser and the page share', () => {
  expect(choose('fr', ['de'])).toBe('fr')
  expect(choose(null, ['ja', 'es-MX', 'de'])).toBe('es')
  expect(choose('ja', [])).toBe('en')
})

// What survivors' organisations ask of words: no blame, no orders, nothing that doubts the person.
test('the words blame and order nobody', () => {
  const said = KEYS.map((key) => en[key]).join('\n')
  expect(said).not.toMatch(/\b(you must|you have to|you should|victim|porn|allege|claims? that|nobody has proved)/i)
  expect(en.fault).toContain('not your fault')
})
