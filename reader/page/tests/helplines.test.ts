import { expect, test } from 'vitest'
import { COUNTRIES, guessCountry, sayHours, WORLDWIDE, type Helpline } from '../src/helplines.ts'

const ALL: [string, Helpline][] = [
  ...WORLDWIDE.map((each): [string, Helpline] => ['worldwide', each]),
  ...Object.entries(COUNTRIES).flatMap(([code, each]) => each.map((line): [string, Helpline] => [code, line])),
]
const DATE = /^20\d\d-\d\d(-\d\d)?$/

test.each(ALL)('%s: a service can be reached, and says where that was read and when', (_, { name, phone, web, source, read, of, for: whom }) => {
  expect(name).not.toBe('')
  expect(phone ?? web).toBeDefined()
  expect(['adults', 'young', 'women', 'everybody']).toContain(whom)
  expect(new URL(source).protocol).toMatch(/^https?:$/)
  expect(read).toMatch(/^20\d\d-\d\d-\d\d$/)
  if (of) expect(of).toMatch(DATE)
  if (web) expect(new URL(web).protocol).toBe('https:')
  if (phone) expect(phone).toMatch(/^[\d -]+$/)
})

test('countries are real ones, each with a service', () => {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
  for (const [code, lines] of Object.entries(COUNTRIES)) {
    expect(names.of(code)).toBeDefined()
    expect(lines.length).toBeGreaterThan(0)
  }
})

test('the country is guessed from the browser, and never invented', () => {
  expect(guessCountry(['en', 'de-AT', 'de-DE'])).toBe('AT')
  expect(guessCountry(['ja-JP', 'en'])).toBeUndefined()
})

test('hours are said in the language of the page', () => {
  const hours = [['1-5', '10:00', '16:00'], ['6', '09:00', '12:00']] as const
  expect(sayHours(hours, 'en')).toBe('Mon–Fri 10:00–16:00, Sat 09:00–12:00')
  expect(sayHours(hours, 'de')).toBe('Mo–Fr 10:00–16:00, Sa 09:00–12:00')
})
