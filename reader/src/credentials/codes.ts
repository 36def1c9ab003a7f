/** What C2PA's validation codes mean: a manifest is judged by its codes, not by a word that sums them up. */

import type { Integrity } from '../verdict/evidence.ts'

export interface Status {
  readonly code: string
  readonly url?: string | null
}

/** The hard binding does not match these bytes. */
const CHANGED = ['assertion.dataHash.mismatch', 'assertion.boxesHash.mismatch', 'assertion.bmffHash.mismatch', 'assertion.collectionHash.mismatch']
/** Something that was signed holds no longer, or is gone. */
const BROKEN = [
  'claimSignature.mismatch',
  'claimSignature.missing',
  'claim.missing',
  'claim.multiple',
  'claim.malformed',
  'claim.cbor.invalid',
  'assertion.hashedURI.mismatch',
  'assertion.missing',
  'assertion.undeclared',
  'assertion.notRedacted',
  'assertion.selfRedacted',
  'assertion.inaccessible',
  'hashedURI.mismatch',
  'hashedURI.missing',
]
const UNBOUND = 'claim.hardBindings.missing'
/** A statement that breaks a rule was signed like that: it says nothing about the signature. */
const RULE = /^(?:assertion\.action\.|assertion\.json\.|assertion\.metadata\.|timeStamp\.|assertion\.timestamp|cawg\.)/
const CREDENTIAL = /^(?:signingCredential\.|claimSignature\.outsideValidity|algorithm\.)/

const isOneOf = (codes: readonly string[]) => ({ code }: Status) => codes.includes(code)

export function integrityOf(failures: readonly Status[]): Integrity {
  if (failures.some(isOneOf(BROKEN))) return 'broken'
  if (failures.some(({ code }) => code === UNBOUND)) return 'unbound'
  return failures.some(isOneOf(CHANGED)) ? 'changed' : 'intact'
}

/** Whether nothing but a lost hard binding, and broken rules, is said against a manifest that was validated and trusted. */
export function isTrusted(urn: string, success: readonly Status[], failures: readonly Status[]): boolean {
  const ofSignature = (code: string) => success.some((each) => each.code === code && (each.url ?? '').includes(`${urn}/c2pa.signature`))
  const harmless = ({ code }: Status) => CHANGED.includes(code) || RULE.test(code)
  return ofSignature('claimSignature.validated') && ofSignature('signingCredential.trusted') && failures.every(harmless)
}

/** Failures of this manifest: those that point to another one are the other's. */
export function ownFailures(urn: string, failures: readonly Status[]): Status[] {
  return failures.filter(({ url }) => !url?.includes('urn:') || url.includes(urn))
}

export const isRule = ({ code }: Status) => RULE.test(code) && !code.startsWith('timeStamp.') && !code.startsWith('cawg.')
export const isCredential = ({ code }: Status) => CREDENTIAL.test(code)
