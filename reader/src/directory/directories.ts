/** All directories at hand: who a number is, by whose word. */

import { toHex } from '../bytes/text.ts'
import { sha256 } from '@noble/hashes/sha2.js'
import { ReaderError } from '../errors.ts'
import { canonical, type Json } from '../proof/json.ts'
import { readDirectory, type Directory, type DirectoryTrust, type Entry } from './file.ts'
import { nameKey } from './names.ts'

/** Numbers from here up are drawn by anybody, and name nobody. */
export const FIRST_DRAWN = 0x80000

export interface Listed {
  readonly entry: Entry
  readonly directory: Directory
}

/** By whose word a listing stands, the higher the more. */
export const RANKS = { self: 0, vetted: 1, authority: 2 } as const

export class Directories {
  readonly files: readonly Directory[]
  readonly #listed: readonly Listed[]
  /** Certificates and when they were revoked, whatever a later edition says. */
  readonly #revoked: readonly { readonly binding: string; readonly at: string }[]

  constructor(all: readonly Directory[]) {
    this.files = latest(all)
    this.#listed = this.files.flatMap((directory) => directory.entries.map((entry) => ({ entry, directory })))
    this.#revoked = all
      .filter(({ standing }) => standing !== 'authority')
      .flatMap(({ entries }) => entries.flatMap(({ binding, revoked_at: at }) => (at === null ? [] : [{ binding: keyOf(binding), at }])))
    this.#agree()
  }

  /** Read files, each once; one that can't be used is an error. */
  static async read(files: readonly Uint8Array[], trust: DirectoryTrust): Promise<Directories> {
    const distinct = new Map(files.map((file) => [toHex(sha256(file)), file]))
    return new Directories(await Promise.all(Array.from(distinct.values(), (file) => readDirectory(file, trust))))
  }

  /** The entries that count for a number: an authority's alone, else everybody's. */
  counting(number: number): Listed[] {
    const found = this.#listed.filter(({ entry }) => entry.number === number)
    const official = found.filter(isOfficial)
    return official.length ? official : found
  }

  /** Whom a number names by itself: one that an authority assigned. */
  named(number: number): Entry | undefined {
    return number < FIRST_DRAWN ? this.counting(number).find(isOfficial)?.entry : undefined
  }

  get listed(): readonly Listed[] {
    return this.#listed
  }

  /** When an entry was revoked, by itself or by an edition that was replaced. */
  revokedAt({ binding, revoked_at: at }: Entry): string | null {
    const times = this.#revoked.filter((each) => each.binding === keyOf(binding)).map((each) => each.at)
    return [...times, ...(at === null ? [] : [at])].sort()[0] ?? null
  }

  /** Whether somebody else of equal or higher standing has this name, so that it is not to be told. */
  hasNamesake({ entry, directory }: Listed): boolean {
    const key = nameKey(entry.name)
    return this.#listed.some((other) => {
      if (nameKey(other.entry.name) !== key || keyOf(other.entry.binding) === keyOf(entry.binding)) return false
      const both = other.directory.entries.some((each) => nameKey(each.name) === key && keyOf(each.binding) === keyOf(entry.binding))
      return !both && RANKS[other.directory.standing] >= RANKS[directory.standing]
    })
  }

  /** Two authorities that say different things of one number make all unusable. */
  #agree(): void {
    const known = new Map<number, string>()
    for (const { entry } of this.#listed.filter(isOfficial)) {
      const stated = canonical(entry.stated)
      if ((known.get(entry.number) ?? stated) !== stated) {
        throw new ReaderError('directory', `Two authorities say different things of number ${entry.number}: leave one of their directories out.`)
      }
      known.set(entry.number, stated)
    }
  }
}

const isOfficial = ({ directory }: Listed) => directory.standing === 'authority'

export function keyOf(binding: Entry['binding']): string {
  return canonical(binding as unknown as Json)
}

/** The latest file of each series. */
function latest(all: readonly Directory[]): Directory[] {
  const found = new Map<string, Directory>()
  for (const each of all) {
    const known = found.get(each.series)
    if (!known || known.issued < each.issued) found.set(each.series, each)
  }
  return [...found.values()]
}
