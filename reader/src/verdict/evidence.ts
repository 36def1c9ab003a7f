/** What a verdict is decided from, as docs/verdicts.md names it. Times are UTC with microseconds. */

import type { Match, TimeBasis } from './types.ts'

export type Integrity = 'intact' | 'changed' | 'unbound' | 'broken' | 'unreadable'
export type NameClaim = 'free' | 'bound' | 'other'
export type NumberClaim = 'bound' | 'unknown' | 'lapsed' | 'other' | 'no number'
export type Content = 'near' | 'far' | 'inconclusive' | 'not compared' | 'bound'

export interface Revocation {
  readonly stamp_id: string
  readonly revoked: string
  readonly since: string | null
}

/** What a registry, or a response, knows of a stamp. */
export interface Lookup {
  readonly status: 'not asked' | 'none' | 'found' | 'refused'
  readonly urn: string | null
  readonly sha256: string | null
  readonly created: string | null
  readonly recorded: string | null
  readonly revocation: Revocation | null
}

export const NOT_ASKED: Lookup = { status: 'not asked', urn: null, sha256: null, created: null, recorded: null, revocation: null }

export interface Reply {
  readonly as_of: string
  readonly lookup: Lookup
}

export interface Manifest {
  readonly urn: string
  readonly integrity: Integrity
  /** The signature validates and leads to an anchor, or to the authority that the signer's entry brings. */
  readonly trusted: boolean
  readonly vetted: boolean
  readonly name_claim: NameClaim
  readonly number_claim: NumberClaim
  readonly number: number | null
  readonly payload: string | null
  readonly stamped_minute: string | null
  readonly created: string | null
  readonly producer_name: string
  /** Whether the name is the signer's own word, by an entry that it made for itself. It decides nothing. */
  readonly self_named?: boolean
  readonly model: string | null
  readonly model_version: string | null
  readonly source_type: string | null
  readonly ancestors: readonly string[]
  readonly content: Content
  readonly beside: boolean
  readonly revoked_at: string | null
  readonly proved_at: string | null
  readonly time_basis: TimeBasis
  readonly other_log: boolean
  readonly replies: readonly Reply[]
}

export interface Region {
  readonly corners: readonly (readonly [number, number])[]
  readonly coverage: number
}

export interface Candidate {
  readonly manifest: Manifest
  readonly recorded: boolean
  readonly reply: Reply | null
  readonly content: Content
  readonly region: Region | null
}

export interface EvidenceMark {
  readonly payload: string
  readonly version: number
  readonly producer: number
  readonly minute: string | null
  readonly region: Region
  readonly lookup: Lookup
  readonly candidates: readonly Candidate[]
}

export interface Evidence {
  readonly sha256: string
  readonly examined_at: string
  readonly manifest: Manifest | null
  readonly lookup: Lookup
  readonly marks: readonly EvidenceMark[]
  readonly similar: boolean
  /** Codes of what the examination met besides. */
  readonly notes?: readonly string[]
}

export type Reason =
  | 'proved' | 'damaged' | 'unbound' | 'stray' | 'alike' | 'untrusted' | 'moved' | 'name_of_another' | 'number_of_another'
  | 'number_unknown' | 'number_lapsed' | 'revoked' | 'stamp_revoked' | 'times_differ' | 'version_unknown' | 'unrecorded'
  | 'not_repeated' | 'content_far' | 'content_unsure'

export interface DecidedOrigin {
  readonly producer: string
  readonly match: Match
  readonly stamp_id: string | null
  readonly model: string | null
  readonly model_version: string | null
  readonly source_type: string | null
  readonly created: string | null
  readonly recorded: string | null
  readonly time_basis: TimeBasis
}
