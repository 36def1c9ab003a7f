/** What the build puts in: see build.mjs. */

declare const PROVENANCE_BUILD: Build

export interface Build {
  readonly version: string
  /** The single file carries its worker as text. The folder names a file, with the digest that it has to have. */
  readonly worker: { readonly code: string } | { readonly url: string; readonly integrity: string }
  readonly serviceWorker: string | null
  /** The file with whom to believe; null in the single file, which holds it as a block of data. */
  readonly trust: string | null
  /** What reads Content Credentials; null in the single file likewise. */
  readonly credentials: { readonly url: string; readonly integrity: string } | null
}

export const BUILD: Build = PROVENANCE_BUILD
