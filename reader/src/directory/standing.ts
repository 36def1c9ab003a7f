/** What a signer's name and number are worth, where directories list them for it or for somebody else. */

import type { Certificate } from '../certificates/certificate.ts'
import { isCovered } from '../response/checking.ts'
import { RANKS, type Directories, type Listed } from './directories.ts'
import { nameKey } from './names.ts'

/** The rank of who was vetted, whoever lists it. */
const VETTED = 1

export interface Signer {
  readonly path: readonly Certificate[]
  /** The name by which it would be shown. */
  readonly name: string
  /** Whether an anchor that may certify any name vouches for it. */
  readonly vetted: boolean
}

/** What is listed for a signer, and what for others. */
export interface Sorted {
  readonly ours: readonly Listed[]
  readonly theirs: readonly Listed[]
}

export async function sort(listed: readonly Listed[], { path }: Pick<Signer, 'path'>): Promise<Sorted> {
  const covered = await Promise.all(listed.map(({ entry }) => isCovered(entry, path)))
  return { ours: listed.filter((_, n) => covered[n]), theirs: listed.filter((_, n) => !covered[n]) }
}

function rankOf({ vetted }: Pick<Signer, 'vetted'>, ours: readonly Listed[]): number {
  return Math.max(vetted ? VETTED : 0, ...ours.map(({ directory }) => RANKS[directory.standing]))
}

/** `other` where somebody of equal or higher rank has the name, in a file that does not list the signer as well. */
export async function nameClaim(directories: Directories, signer: Signer): Promise<'free' | 'bound' | 'other'> {
  const key = nameKey(signer.name)
  const same = directories.listed.filter(({ entry }) => nameKey(entry.name) === key)
  const { ours, theirs } = await sort(same, signer)
  const rank = rankOf(signer, ours)
  const taken = theirs.some(({ directory }) => RANKS[directory.standing] >= rank && !ours.some((each) => each.directory === directory))
  return taken ? 'other' : ours.length ? 'bound' : 'free'
}

/** Whose a number is, at a stated time. */
export async function numberClaim(directories: Directories, signer: Signer, number: number, at: string | null): Promise<'bound' | 'unknown' | 'lapsed' | 'other'> {
  const { ours, theirs } = await sort(directories.counting(number), signer)
  const valid = ours.some(({ entry }) => at === null || (entry.valid_from <= at && (entry.valid_to === null || at <= entry.valid_to)))
  if (ours.length) return valid ? 'bound' : 'lapsed'
  return theirs.some(({ directory }) => RANKS[directory.standing] >= rankOf(signer, [])) && theirs.length ? 'other' : 'unknown'
}
