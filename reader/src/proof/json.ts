/** JSON as signed files have it: no key twice, whole numbers only, one canonical form (RFC 8785). */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export class JsonError extends Error {}

/** How deep values may lie in each other: no file of ours comes near. */
const MOST_DEPTH = 64
const NUMBER = /-?(?:0|[1-9]\d*)(?![\d.eE])/y
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y // eslint-disable-line no-control-regex
const SPACE = /[ \t\n\r]*/y
const ASCII = /^[\u0000-\u007f]*$/ // eslint-disable-line no-control-regex
const WORDS: readonly (readonly [string, Json])[] = [['null', null], ['true', true], ['false', false]]

/** Read a text; what is not JSON, or not strict, is a `JsonError`. */
export function parseStrict(text: string): Json {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): Json {
    if (depth > MOST_DEPTH) throw new JsonError('too deep')
    this.#match(SPACE)
    const next = this.#text[this.#at]
    if (next === '{') return this.#object(depth)
    if (next === '[') return this.#array(depth)
    if (next === '"') return this.#string()
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return value
    }
    return this.#number()
  }

  end(): void {
    this.#match(SPACE)
    if (this.#at < this.#text.length) throw new JsonError('something behind the value')
  }

  #object(depth: number): JsonObject {
    const found: Record<string, Json> = Object.create(null) as Record<string, Json>
    this.#list('}', () => {
      this.#match(SPACE)
      const key = this.#string()
      if (key in found) throw new JsonError('a key twice')
      this.#match(SPACE)
      if (this.#text[this.#at++] !== ':') throw new JsonError('no colon')
      found[key] = this.value(depth + 1)
    })
    return found
  }

  #array(depth: number): Json[] {
    const found: Json[] = []
    this.#list(']', () => found.push(this.value(depth + 1)))
    return found
  }

  #list(close: string, item: () => void): void {
    this.#at++
    this.#match(SPACE)
    if (this.#text[this.#at] === close) {
      this.#at++
      return
    }
    for (;;) {
      item()
      this.#match(SPACE)
      const next = this.#text[this.#at++]
      if (next === close) return
      if (next !== ',') throw new JsonError('no comma')
    }
  }

  #string(): string {
    return JSON.parse(this.#match(STRING)) as string
  }

  #number(): number {
    const value = Number(this.#match(NUMBER))
    if (!Number.isSafeInteger(value)) throw new JsonError('a number beyond what is exact')
    return value
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (!found) throw new JsonError('not JSON')
    this.#at = pattern.lastIndex
    return found[0]
  }
}

/** The one form of a value that is signed and hashed; a value without one is a `JsonError`. */
export function canonical(value: Json): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new JsonError('a number without canonical form')
    return String(value)
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new JsonError('a lone surrogate')
    return JSON.stringify(value)
  }
  if (value === null || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map((each: Json) => canonical(each)).join()}]`
  const object = value as JsonObject
  const members = Object.keys(object).sort().map((key) => {
    if (!ASCII.test(key)) throw new JsonError('a key that is not ASCII')
    return `${JSON.stringify(key)}:${canonical(object[key]!)}`
  })
  return `{${members.join()}}`
}
