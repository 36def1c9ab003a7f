import { readFileSync } from 'node:fs'

const FOLDER = new URL('../../vectors/', import.meta.url)

/* eslint-disable @typescript-eslint/no-explicit-any -- the values of a vector file are checked by being compared */
export function vector(name: string): any {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))
}

/** The cases of a vector file. */
export function cases(name: string, list = 'cases'): Record<string, any>[] {
  return vector(name)[list]
}
/* eslint-enable @typescript-eslint/no-explicit-any */

export function vectorBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, FOLDER)))
}

export const numbers = (text: string) => text.split(' ').map(Number)
