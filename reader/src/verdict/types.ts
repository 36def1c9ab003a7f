/** The verdict as `provenance verify --json` prints it: `provenance.verdict/1`, every key always there. */

export const VERDICT_SCHEMA = 'provenance.verdict/1'
/** The code that says: the name of a proved origin is its signer's own word, which nobody else confirms. */
export const NAMED_BY_ITSELF = 'name.own_word'

export type State = 'attributed' | 'claimed' | 'similar' | 'conflict' | 'tampered' | 'none'
/** `exact`: the very bytes; `bound`: what the signature covers; `derived`: content that descends from what was signed. */
export type Match = 'exact' | 'bound' | 'derived'
export type TimeBasis = 'stated' | 'timestamp' | 'log'
export type Layer = 'manifest' | 'watermark' | 'fingerprint' | 'registry' | 'directory' | 'metadata' | 'clock' | 'list'

/** Who proved to have signed. Times are UTC, to the second. */
export interface Origin {
  readonly producer: string
  readonly model: string | null
  readonly model_version: string | null
  readonly created: string | null
  readonly recorded: string | null
  readonly time_basis: TimeBasis
  readonly source_type: string | null
  readonly match: Match
  readonly stamp_id: string | null
}

export interface MarkedRegion {
  /** x and y in pixels, in order around the part. */
  readonly corners: readonly (readonly [number, number])[]
  /** Share of the picture's area. */
  readonly coverage: number
}

export interface Finding {
  readonly layer: Layer
  /** A sentence. */
  readonly finding: string
  /** What the evidence itself states, proved or not. */
  readonly says: string | null
  /** Stable: see docs/verdicts.md. */
  readonly codes: readonly string[]
  readonly region: MarkedRegion | null
  readonly false_positive_probability: number | null
}

export interface Action {
  readonly action: string
  readonly model: string | null
  readonly model_version: string | null
  readonly time: string | null
  readonly source_type: string | null
  /** By the signer, and not only passed on. */
  readonly stated: boolean
}

export interface Ingredient {
  readonly relationship: string | null
  readonly urn: string | null
  readonly source_type: string | null
}

export interface ManifestEntry {
  readonly urn: string
  readonly active: boolean
  readonly signer: string | null
  readonly trusted: boolean
  readonly signed_at: string | null
  readonly stamp_id: string | null
  readonly actions: readonly Action[]
  readonly ingredients: readonly Ingredient[]
  readonly redactions: readonly string[]
}

export type Link = 'proved' | 'stated' | 'unproved'

/** `generated`, `partly generated`, `edited with AI`, `composite`, `possibly edited with AI`, `captured`, `drawn`. */
export interface Statement {
  readonly signal: string
  readonly model: string | null
  readonly model_version: string | null
  readonly time: string | null
  readonly source_type: string | null
  readonly signer: string | null
  readonly trusted: boolean
  readonly stated: boolean
  readonly part: boolean
  /** Whether it is proved that this is about the picture, stated by who signed what proves an origin, or neither. */
  readonly link: Link
  readonly urn: string | null
}

export interface DirectoryInUse {
  readonly file: string
  readonly sha256: string
  readonly issued: string | null
  readonly valid_until: string | null
  readonly lists_producer: boolean
}

export interface ResponseInUse {
  readonly stamp_id: string | null
  readonly outcome: string
  readonly as_of: string | null
  readonly fault: string | null
}

/** Of when the verdict speaks. */
export interface Freshness {
  readonly examined: string
  readonly revocation: 'registry' | 'mirror' | 'response' | 'unchecked' | 'no stamp'
  readonly revocation_as_of: string | null
  readonly directories: readonly DirectoryInUse[]
  readonly responses: readonly ResponseInUse[]
  /** Never asked by this reader. */
  readonly registry: null
}

/** How much of a film was looked at, in seconds and frames, and between which seconds and in what share of its length the mark was seen. */
export interface FilmInVerdict {
  readonly seconds: number
  /** Null where it is not known how many frames the film has. */
  readonly frames: number | null
  readonly looked_at: number
  readonly marked: { readonly from: number; readonly to: number; readonly share: number; readonly stamp_id: string } | null
}

export interface Failure {
  readonly code: string
  readonly message: string
}

export interface Verdict {
  readonly schema: typeof VERDICT_SCHEMA
  readonly input: string | null
  readonly sha256: string | null
  readonly depth: 'full' | 'manifest' | null
  /** Null where the input could not be examined. */
  readonly state: State | null
  /** Null unless the state is `attributed`. */
  readonly origin: Origin | null
  readonly history: readonly ManifestEntry[]
  readonly summary: readonly Statement[]
  readonly freshness: Freshness | null
  /** Hits on hash lists: this reader asks none. */
  readonly lists: null
  /** Null for pictures. */
  readonly film: FilmInVerdict | null
  readonly evidence: readonly Finding[]
  readonly error: Failure | null
}
