/** Chains of certificates: taken in their order, never searched. */

import { equal } from '../bytes/text.ts'
import type { Certificate } from './certificate.ts'
import { issuedBy } from './keys.ts'

const MOST_CERTIFICATES = 8

/** Whether `issuer` issues `subject`, with so many authorities between issuer and signer. */
export async function issues(issuer: Certificate, subject: Certificate, between: number): Promise<boolean> {
  if (!equal(subject.issuer, issuer.subject) || !issuer.authority || !issuer.signsCertificates) return false
  if (issuer.pathLength !== undefined && issuer.pathLength < between) return false
  return issuedBy(issuer.spki, subject.algorithm, subject.signed, subject.signature)
}

/** The certificates of a chain, the signer's first, as far as each is issued by the next. */
export async function pathOf(chain: readonly Certificate[]): Promise<Certificate[]> {
  const path = chain.slice(0, 1)
  for (const next of chain.slice(1, MOST_CERTIFICATES)) {
    if (!(await issues(next, path.at(-1)!, path.length - 1))) break
    path.push(next)
  }
  return path
}

/** The path up to the first of these anchors that it reaches; undefined if it reaches none. */
export async function pathTo(path: readonly Certificate[], anchors: readonly Certificate[]): Promise<Certificate[] | undefined> {
  for (const [n, certificate] of path.entries()) {
    if (anchors.some(({ sha256 }) => sha256 === certificate.sha256)) return path.slice(0, n + 1)
    for (const anchor of anchors) {
      if (await issues(anchor, certificate, n)) return [...path.slice(0, n + 1), anchor]
    }
  }
  return undefined
}

/** At a time in milliseconds. */
export function inDate(path: readonly Certificate[], at: number): boolean {
  return path.every(({ from, to }) => from <= at && at <= to)
}
