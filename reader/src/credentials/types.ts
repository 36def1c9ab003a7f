/** Content Credentials as the verdict needs them. */

import type { Certificate } from '../certificates/certificate.ts'
import type { Integrity } from '../verdict/evidence.ts'
import type { Action, Ingredient } from '../verdict/types.ts'

/** What our own assertion in a manifest says; both copies of the 96 bits are equal. */
export interface StampStatement {
  readonly number: number
  readonly payload: string
  readonly producerName: string
  /** The sealed lattice fingerprint, or `none`. */
  readonly lattice: string
  readonly pdq: string
}

export interface ReadManifest {
  readonly urn: string
  readonly active: boolean
  readonly integrity: Integrity
  /** Whether the signature validates, and the signer leads to one of the anchors that were given. */
  readonly trusted: boolean
  /** C2PA's failure codes of this manifest. */
  readonly failures: readonly string[]
  /** The signer's own first; empty where it can't be read. */
  readonly chain: readonly Certificate[]
  readonly signerName: string | null
  readonly signedAt: string | null
  readonly stamp: StampStatement | null
  readonly actions: readonly Action[]
  readonly ingredients: readonly Ingredient[]
  readonly redactions: readonly string[]
  /** Whether the hard binding leaves out the manifest and nothing else. */
  readonly wholeFile: boolean
}

/** The code of an error: what reads Content Credentials can't be had, as without a network. Then they are told as not looked at. */
export const UNAVAILABLE = 'credentials.unavailable'

/** The manifests of a file, the active one first. */
export interface CredentialsReader {
  /** `anchors`: certificates in PEM, one after the other. Undefined where the file has none; an error where they can't be read. */
  read(file: Uint8Array, type: string, anchors: string): Promise<readonly ReadManifest[] | undefined>
}
