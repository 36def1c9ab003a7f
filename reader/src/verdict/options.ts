/** What an examination is given, and what it tells meanwhile. */

import type { CredentialsReader } from '../credentials/types.ts'
import type { Film } from '../film/index.ts'
import type { Picture } from '../picture/picture.ts'

/** Decodes stored pixels: neither orientation nor transparency is applied. */
export type Decode = (file: Uint8Array) => Promise<Picture>

export type Step = 'reading' | 'fingerprint' | 'mark' | 'further' | 'credentials' | 'comparing' | 'done'

export interface Progress {
  readonly step: Step
  /** 0 to 1, never falling. */
  readonly share: number
}

export interface NamedFile {
  readonly name: string
  readonly data: Uint8Array
}

/** Whom to believe. Nobody is trusted by default. */
export interface Trust {
  /** Authorities that may certify any name, in PEM. */
  readonly anchors?: readonly string[]
  /** Authorities whose directories may list anybody, in PEM. */
  readonly directoryAnchors?: readonly string[]
  /** Directory files, signed. One that can't be used is an error. */
  readonly directories?: readonly NamedFile[]
}

export interface Options {
  /** `decodePicture` of `image-provenance-reader/node`, or `decodeBitmap` in browsers; not needed for a film. */
  readonly decode?: Decode
  /** The file is a film, and these are frames of it. */
  readonly film?: Film
  /** The file's name, as the verdict repeats it. */
  readonly name?: string
  /** Keys of private marks, 32 bytes each; the public one is always tried. */
  readonly keys?: readonly Uint8Array[]
  /** Look for every mark, which takes as long as to find none. */
  readonly allMarks?: boolean
  /** Files that producers answered with. One that can't be read is listed, and not used. */
  readonly responses?: readonly Uint8Array[]
  readonly trust?: Trust
  /** Opens what reads Content Credentials; asked only where the file or a response carries some. */
  readonly credentials?: () => Promise<CredentialsReader>
  readonly progress?: (progress: Progress) => void
  /** Aborted, the promise is rejected with the signal's reason. In a worker, `terminate` is quicker. */
  readonly signal?: AbortSignal
  /** The time of the examination; now, if it is not given. */
  readonly now?: Date
}
