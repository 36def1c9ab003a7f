/** What the worker tells the page about one file: plain data, without what opens seals. */

import type { Verdict } from '../../src/index.ts'

export interface MarkSeen {
  readonly stampId: string
  /** Undefined where the layout of the mark is not known. */
  readonly producer: number | undefined
  readonly model: number | undefined
  readonly created: string | undefined
  readonly coverage: number
  readonly inverted: boolean
}

export interface FilmSeen {
  /** Frames that were examined, and how many of them carry the mark that is told. */
  readonly tried: number
  readonly carrying: number
}

export interface Report {
  readonly verdict: Verdict
  readonly marks: readonly MarkSeen[]
  readonly pdq: { readonly hash: string; readonly quality: number } | undefined
  readonly size: { readonly width: number; readonly height: number } | undefined
  /** Whether a smaller copy was examined. */
  readonly shrunk: boolean
  readonly film: FilmSeen | undefined
}

export type FailureKind = 'heic' | 'kind' | 'film' | 'large' | 'memory' | 'defect'

export type Step = 'reading' | 'fingerprint' | 'mark' | 'credentials' | 'comparing' | 'done' | 'frames'

export interface Progress {
  readonly step: Step
  readonly share: number
  readonly frame?: { readonly n: number; readonly count: number }
}

/** What was dropped besides pictures: answers of producers, directories, anchors. */
export interface Companions {
  readonly responses: readonly Bytes[]
  readonly directories: readonly Bytes[]
  /** Certificates of authorities, as PEM: whoever drops them here believes them. */
  readonly anchors: readonly Bytes[]
}

export type Bytes = Uint8Array<ArrayBuffer>

export const NOTHING: Companions = { responses: [], directories: [], anchors: [] }

export interface Frame {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}

export type Ask =
  | { readonly kind: 'picture'; readonly file: Blob; readonly companions: Companions }
  | { readonly kind: 'frame'; readonly frame: Frame; readonly n: number; readonly count: number }
  | { readonly kind: 'film'; readonly file: Blob; readonly companions: Companions }

export type Answer =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'frame'; readonly stampId: string | undefined; readonly enough: boolean }
  | { readonly kind: 'done'; readonly report: Report }
  | { readonly kind: 'failed'; readonly why: FailureKind; readonly detail: string }
