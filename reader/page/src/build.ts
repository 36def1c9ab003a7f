/** What the build puts in: see build.mjs. */

declare const PROVENANCE_BUILD: Build

/** A file beside the page, with the digest that it has to have. */
export interface Kept {
  readonly url: string
  readonly integrity: string
}

export interface Build {
  readonly version: string
  /** The single file carries its worker as text. The folder names a file, with the digest that it has to have. */
  readonly worker: { readonly code: string } | Kept
  /** The worker that lists a film's packets; null in the single file, which holds it as a block of data. */
  readonly films: Kept | null
  readonly serviceWorker: string | null
  /** The file with whom to believe; null in the single file, which holds it as a block of data. */
  readonly trust: string | null
  /** What reads Content Credentials; null in the single file likewise. */
  readonly credentials: Kept | null
}

export const BUILD: Build = PROVENANCE_BUILD
