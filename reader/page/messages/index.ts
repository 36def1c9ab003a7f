/** The languages of the page, and how a message is said. */

import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'

export type Key = keyof typeof en
export type Messages = Readonly<Record<Key, string>>
export type Code = 'en' | 'de' | 'fr' | 'es'
export type Values = Readonly<Record<string, string | number>>

export const LANGUAGES: Readonly<Record<Code, Messages>> = { en, de, fr, es }
export const CODES = Object.keys(LANGUAGES) as Code[]

/** Says messages, numbers and times in one language. */
export interface Speaker {
  readonly code: Code
  say(key: Key, values?: Values): string
  time(moment: Date): string
  day(date: string): string
  share(part: number): string
  country(code: string): string
}

export function speaker(code: Code): Speaker {
  const messages = LANGUAGES[code]
  const time = new Intl.DateTimeFormat(code, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  const day = new Intl.DateTimeFormat(code, { dateStyle: 'long', timeZone: 'UTC' })
  const share = new Intl.NumberFormat(code, { style: 'percent', maximumFractionDigits: 0 })
  const countries = new Intl.DisplayNames([code], { type: 'region' })
  return {
    code,
    say: (key, values = {}) => fill(messages[key], values),
    time: (moment) => `${time.format(moment)} UTC`,
    day: (date) => day.format(new Date(`${date}T00:00:00Z`)),
    share: (part) => share.format(part),
    country: (region) => countries.of(region) ?? region,
  }
}

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** The first language of the browser's that the page has; `asked` is what an address names. */
export function choose(asked: string | null, preferred: readonly string[]): Code {
  const known = (tag: string | null) => CODES.find((code) => code === tag?.toLowerCase().split('-')[0])
  return known(asked) ?? preferred.map(known).find((code) => code !== undefined) ?? 'en'
}
