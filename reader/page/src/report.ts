/** What the worker tells the page about one file: plain data, without what opens seals. */

import type { Verdict } from '../../src/index.ts'
import type { Played } from './film/playing.ts'

export interface MarkSeen {
  readonly stampId: string
  /** Undefined where the layout of the mark is not known. */
  readonly producer: number | undefined
  readonly model: number | undefined
  readonly created: string | undefined
  readonly coverage: number
  readonly inverted: boolean
}

export interface Report {
  readonly verdict: Verdict
  readonly marks: readonly MarkSeen[]
  readonly pdq: { readonly hash: string; readonly quality: number } | undefined
  readonly size: { readonly width: number; readonly height: number } | undefined
  /** Whether a smaller copy was examined. */
  readonly shrunk: boolean
  /** Whether there were signed credentials that could not be looked at, as the program for them could not be loaded. */
  readonly unread: boolean
}

export type FailureKind = 'heic' | 'trust' | 'kind' | 'film' | 'large' | 'memory' | 'defect'

export type Step = 'reading' | 'fingerprint' | 'mark' | 'further' | 'credentials' | 'comparing' | 'done' | 'frames'

export interface Progress {
  readonly step: Step
  readonly share: number
  readonly frame?: { readonly n: number; readonly count: number }
}

/** What was dropped besides pictures: answers of producers, directories, certificates of their authorities. */
export interface Companions {
  readonly responses: readonly Bytes[]
  readonly directories: readonly Bytes[]
  /** Authorities of directories, as PEM: whoever drops them here believes the directories that they sign. */
  readonly anchors: readonly Bytes[]
}

export type Bytes = Uint8Array<ArrayBuffer>

export const NOTHING: Companions = { responses: [], directories: [], anchors: [] }

/** A frame of a film in grey, when it is shown, and what the file spends on it. */
export interface FilmFrame {
  readonly width: number
  readonly height: number
  readonly data: Bytes
  readonly at: number
  readonly worth: number
}

/** Whom the page believes: what `provenance page` put into it, and what was dropped onto it. */
export interface Trust {
  readonly anchors: readonly string[]
  readonly directoryAnchors: readonly string[]
  readonly directories: readonly { readonly name: string; readonly data: Bytes }[]
}

/** The share of the time that is spent when a film's frames are taken. */
export const TAKEN = 0.5

export type Ask =
  | { readonly kind: 'picture'; readonly file: Blob; readonly belief: Belief }
  | { readonly kind: 'wasm'; readonly bytes: ArrayBuffer | undefined }
  | { readonly kind: 'frame'; readonly frame: FilmFrame }
  | { readonly kind: 'film'; readonly file: Blob; readonly belief: Belief; readonly played: Played }

/** What the verdict may rest on besides the file. */
export interface Belief {
  readonly responses: readonly Bytes[]
  readonly trust: Trust
}

export type Answer =
  | { readonly kind: 'wasm' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly report: Report }
  | { readonly kind: 'failed'; readonly why: FailureKind; readonly detail: string }
