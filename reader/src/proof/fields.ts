/** What the fields of signed files may hold. Whatever does not fit is a `FieldError`. */

import { fromBase64, fromHex } from '../bytes/text.ts'
import type { Json, JsonObject } from './json.ts'

export class FieldError extends Error {}

const MOST_TEXT = 1024
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{6}Z$/

export type Field<T> = (value: Json | undefined) => T

function fail(what: string): never {
  throw new FieldError(what)
}

/** An object with these keys and no others. */
export function object<T extends Record<string, Field<unknown>>>(fields: T): Field<{ readonly [K in keyof T]: ReturnType<T[K]> }> {
  const names = Object.keys(fields)
  return (value) => {
    const found = asObject(value)
    const unknown = Object.keys(found).find((key) => !names.includes(key))
    if (unknown !== undefined) fail(`an unknown key ${unknown}`)
    const missing = names.find((key) => !(key in found))
    if (missing !== undefined) fail(`no ${missing}`)
    return Object.fromEntries(names.map((key) => [key, fields[key]!(found[key])])) as { [K in keyof T]: ReturnType<T[K]> }
  }
}

export function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : fail('no object')
}

export function list<T>(item: Field<T>, most = Infinity): Field<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > most) fail('no list, or one too long')
    return (value as readonly Json[]).map(item)
  }
}

export function orNull<T>(field: Field<T>): Field<T | null> {
  return (value) => (value === null ? null : field(value))
}

export function constant<T extends string>(...words: readonly T[]): Field<T> {
  return (value) => words.find((word) => word === value) ?? fail(`none of ${words.join()}`)
}

export function integer(least: number, most: number): Field<number> {
  return (value) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most ? value : fail('no such number'))
}

export const string: Field<string> = (value) => (typeof value === 'string' ? value : fail('no text'))

/** What people read: it can be shown as it is. */
export const text: Field<string> = (value) => {
  const found = string(value)
  return found.trim() !== '' && [...found].length <= MOST_TEXT && !HIDDEN.test(found) ? found : fail('no text that can be shown')
}

export function hex(digits: number): Field<string> {
  return (value) => {
    const found = string(value)
    return found.length === digits && fromHex(found) ? found : fail('no hex')
  }
}

export const digest = hex(64)
export const stampId = hex(24)

export const base64: Field<Uint8Array> = (value) => fromBase64(string(value)) ?? fail('no base64')

/** UTC with microseconds, which exists; texts of times sort as the times do. */
export const time: Field<string> = (value) => {
  const found = string(value)
  const [, year, month, day, hour, minute, second] = (TIME.exec(found) ?? fail('no time')).map(Number) as [number, number, number, number, number, number, number]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year > 0
  return exists && hour < 24 && minute < 60 && second < 60 ? found : fail('a time that does not exist')
}

/** A moment as files state it. */
export function timeText(moment: Date): string {
  return moment.toISOString().replace('Z', '000Z')
}

/** A stated time as milliseconds; what is finer is left out. */
export function millisecondsOf(stated: string): number {
  return Date.parse(`${stated.slice(0, 23)}Z`)
}
