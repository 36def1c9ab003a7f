/** Helplines by country, as the data file has them. */

import data from '../helplines.json'

export type Whom = 'adults' | 'young' | 'women' | 'everybody'
/** First and last day of the week (1 is Monday), from and to, in the country's own time. */
export type Hours = 'always' | readonly (readonly [string, string, string])[]

export interface Helpline {
  readonly name: string
  readonly for: Whom
  readonly phone?: string
  readonly web?: string
  readonly hours?: Hours
  readonly free?: boolean
  readonly anonymous?: boolean
  readonly source: string
  readonly of?: string
  readonly read: string
}

export const WORLDWIDE = data.worldwide as unknown as readonly Helpline[]
export const COUNTRIES = data.countries as unknown as Readonly<Record<string, readonly Helpline[]>>

/** The country of the browser's languages, if there are services for it. */
export function guessCountry(preferred: readonly string[]): string | undefined {
  const regions = preferred.map((tag) => new Intl.Locale(tag).region)
  return regions.find((region) => region !== undefined && region in COUNTRIES)
}

/** A day that is a Monday, for the names of the days. */
const MONDAY = Date.UTC(2024, 0, 1)
const DAY = 86_400_000

export function sayHours(hours: Exclude<Hours, 'always'>, language: string): string {
  const name = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' })
  const day = (number: string) => name.format(MONDAY + (Number(number) - 1) * DAY)
  return hours.map(([days, from, to]) => `${days.split('-').map(day).join('–')} ${from}–${to}`).join(', ')
}
