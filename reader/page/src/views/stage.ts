/** What a view is given: how to speak, and what the person may do. */

import type { Key, Speaker, Values } from '../../messages/index.ts'
import type { FailureKind, Progress, Report } from '../report.ts'

export interface Actions {
  take(files: readonly File[]): void
  cancel(): void
  restart(): void
  /** Examine the same file again. */
  retry(): void
  help(): void
  back(): void
}

/** Something to say above the rest, in whatever language is chosen then. */
export interface Note {
  readonly key: Key
  readonly values?: Values
}

export type View =
  | { readonly kind: 'start'; readonly notes: readonly Note[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'working'; readonly name: string; progress: Progress }
  | { readonly kind: 'result'; readonly report: Report; readonly notes: readonly Note[] }
  | { readonly kind: 'failed'; readonly why: FailureKind; readonly detail: string }
  | { readonly kind: 'refused'; readonly note: Note }

export interface Stage {
  readonly speaker: Speaker
  readonly actions: Actions
  /** The languages of the browser, most wanted first: they hint at a country. */
  readonly preferred: readonly string[]
  /** Say something to whoever can't see it. */
  announce(text: string): void
}
