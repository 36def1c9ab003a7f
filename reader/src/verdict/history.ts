/** How a picture came about, as far as its manifests say: the signals of C2PA's rubric. */

import type { ReadManifest } from '../credentials/types.ts'
import { worthOf, type Authorities } from './authorities.ts'
import type { Action, Link, ManifestEntry, Statement } from './types.ts'

const GENERATED = 'trainedAlgorithmicMedia'
const PARTLY = 'compositeWithTrainedAlgorithmicMedia'
const CREATING = ['c2pa.created']
const SIGNALS: Readonly<Record<string, string>> = {
  [GENERATED]: 'generated',
  [PARTLY]: 'partly generated',
  composite: 'composite',
  compositeCapture: 'composite',
  digitalCapture: 'captured',
  computationalCapture: 'captured',
  digitalCreation: 'drawn',
}
const EDITING: Readonly<Record<string, string>> = {
  [GENERATED]: 'edited with AI',
  [PARTLY]: 'edited with AI',
  composite: 'possibly edited with AI',
  digitalArt: 'possibly edited with AI',
}

/** `trusted` says it of the active one. */
export function historyOf(manifests: readonly ReadManifest[], trusted: boolean, authorities: Authorities): Promise<ManifestEntry[]> {
  return Promise.all(manifests.map((read) => entryOf(read, trusted, authorities)))
}

/** Nobody is trusted under a name that a directory lists for somebody else; nor is an earlier signer that was revoked, since nothing proves that it signed before. */
async function entryOf(read: ReadManifest, trusted: boolean, authorities: Authorities): Promise<ManifestEntry> {
  const worth = await worthOf(read, null, authorities)
  const counts = read.active ? trusted : worth.trusted && worth.revoked_at === null
  return {
    urn: read.urn,
    active: read.active,
    signer: worth.trusted && !worth.vetted ? worth.producer_name : (read.chain[0]?.name ?? read.signerName),
    trusted: counts && worth.name_claim !== 'other',
    signed_at: read.signedAt,
    stamp_id: read.stamp?.payload ?? null,
    actions: read.actions,
    ingredients: read.ingredients,
    redactions: read.redactions,
  }
}

/**
 * The oldest first. `proved` are the manifests that prove an origin of the picture: what anybody else signed may be about another
 * picture.
 */
export function summaryOf(history: readonly ManifestEntry[], proved: ReadonlySet<string>): Statement[] {
  const tied = history.some(({ active, trusted, urn }) => active && trusted && proved.has(urn))
  return [...history].reverse().flatMap((manifest) =>
    manifest.actions.flatMap((action) => {
      const signal = signalOf(action)
      const { model, model_version, time, source_type, stated } = action
      const { signer, trusted, urn } = manifest
      return signal === undefined ? [] : [{ signal, model, model_version, time, source_type, signer, trusted, stated, part: false, link: linkOf(manifest), urn }]
    }),
  )

  function linkOf({ trusted, urn }: ManifestEntry): Link {
    if (!trusted) return 'unproved'
    return proved.has(urn) ? 'proved' : tied ? 'stated' : 'unproved'
  }
}

function signalOf({ action, source_type: type }: Action): string | undefined {
  const kind = type?.split('/').at(-1) ?? ''
  return CREATING.includes(action) ? SIGNALS[kind] : EDITING[kind]
}
