/** What several responses say together, and what that says of revocation. */

import { equal } from '../bytes/text.ts'
import type { Certificate } from '../certificates/certificate.ts'
import { keyOf } from '../directory/directories.ts'
import type { Checkpoint } from '../log/notes.ts'
import { isCovered, type Checked, type Fault } from './checking.ts'
import type { Response } from './response.ts'

const OUTCOMES = ['refused', 'none', 'found'] as const

/** The same responses, with the faults that others at hand show. */
export function together(all: readonly Checked[]): Checked[] {
  const once = all.filter((each, n) => all.findIndex((other) => sameAs(each, other)) === n)
  return once.map((each) => {
    if (each.fault !== null) return each
    const others = once.filter((other) => other.fault === null && keyOf(other.listed!.entry.binding) === keyOf(each.listed!.entry.binding))
    return { ...each, fault: faultAmong(each.response, others.map(({ response }) => response)) }
  })
}

function sameAs(one: Checked, other: Checked): boolean {
  const signer = ({ response }: Checked) => response.envelope.signature?.certificates[0]?.sha256
  return one.response.envelope.sha256 === other.response.envelope.sha256 && signer(one) === signer(other) && one.fault === other.fault
}

function faultAmong(response: Response, all: readonly Response[]): Fault | null {
  const others = all.filter((other) => other !== response)
  if (others.some((other) => forked(response, other))) return 'forked'
  const about = all.filter((other) => other.payload.stamp_id === response.payload.stamp_id && !all.some((third) => third !== other && forked(other, third)))
  const best = about.reduce((most, each) => (byRank(each, most) > 0 ? each : most), response)
  if (byRank(response, best) >= 0) return null
  return isBelied(response, best) ? 'contradicted' : 'superseded'
}

function checkpointsOf({ payload: { record, revocation, checkpoint } }: Response): Checkpoint[] {
  return [record?.inclusion.checkpoint, revocation?.inclusion.checkpoint, checkpoint].filter((each) => each !== null && each !== undefined)
}

function forked(one: Response, other: Response): boolean {
  return checkpointsOf(one).some((a) =>
    checkpointsOf(other).some((b) => a.origin === b.origin && a.size === b.size && !equal(a.root, b.root)),
  )
}

/** Above 0 where the first proves more: by outcome, revocation, and then time. */
function byRank({ payload: a }: Response, { payload: b }: Response): number {
  const outcome = OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome)
  const revoked = Number(a.revocation !== null) - Number(b.revocation !== null)
  return outcome || revoked || Number(a.as_of > b.as_of) - Number(a.as_of < b.as_of)
}

/** Whether what the best proves shows that a response is false. */
function isBelied({ payload }: Response, { payload: best }: Response): boolean {
  const revoked = best.revocation?.leaf.revoked
  if (payload.outcome === 'found') return payload.revocation === null && revoked !== undefined && revoked < payload.as_of
  const [log, held] = [payload.checkpoint, best.record?.inclusion]
  return payload.outcome === 'none' && log !== null && held !== undefined && log.origin === held.checkpoint.origin && log.size > BigInt(held.index)
}

export type RevocationStatus =
  | { readonly revocation: 'revoked'; readonly asOf: string; readonly since: string | null; readonly reason: string }
  | { readonly revocation: 'not_revoked'; readonly asOf: string }
  | { readonly revocation: 'unchecked' }

/** What responses say of a stamp's revocation, for a manifest by the signer with this path. */
export async function revocationOf(stamp: string, signer: readonly Certificate[], all: readonly Checked[]): Promise<RevocationStatus> {
  const about = all.filter(({ response, fault }) => fault === null && response.payload.stamp_id === stamp)
  const covered = await Promise.all(about.map(({ listed }) => isCovered(listed!.entry, signer)))
  const found = about.filter((_, n) => covered[n]).map(({ response }) => response.payload)
  const revoked = found.map(({ revocation }) => revocation?.leaf).find((leaf) => leaf !== undefined)
  if (revoked) return { revocation: 'revoked', asOf: revoked.revoked, since: revoked.since, reason: revoked.reason }
  const latest = found.filter(({ outcome }) => outcome === 'found').map((payload) => payload.as_of).sort().at(-1)
  return latest === undefined ? { revocation: 'unchecked' } : { revocation: 'not_revoked', asOf: latest }
}
