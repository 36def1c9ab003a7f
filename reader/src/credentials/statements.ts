/** What a manifest's assertions say, read defensively: whatever has another form is left out. */

import { fromBase64, toHex } from '../bytes/text.ts'
import type { Action, Ingredient } from '../verdict/types.ts'
import type { StampStatement } from './types.ts'

export interface RawAssertion {
  readonly label?: unknown
  readonly data?: unknown
  readonly created?: unknown
}

type Loose = Readonly<Record<string, unknown>>

const STAMP = 'unlisted.provenance.stamp'
const SOFT_BINDING = 'c2pa.soft-binding'
const ALGORITHM = 'unlisted.provenance.dwt.1'
const SOURCE_TYPE = /^https?:\/\/(?:cv\.iptc\.org\/newscodes\/digitalsourcetype|c2pa\.org\/digitalsourcetype)\/[A-Za-z]+$/
const MOST_NUMBER = 1_048_575

export function loose(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {}
}

export const texts = (value: unknown) => (typeof value === 'string' ? value : null)
const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])
const labelled = (assertion: RawAssertion, label: string) =>
  typeof assertion.label === 'string' && (assertion.label === label || assertion.label.startsWith(`${label}.v`) || assertion.label.startsWith(`${label}__`))

/** The signer stands for it. Before the second version of claims there was no other kind. */
const isStated = ({ created }: RawAssertion, version: number) => version < 2 || created === true

/** A stated time in UTC to the second; null unless it has a zone. */
export function timeOf(value: unknown): string | null {
  const found = texts(value)
  if (!found || !/(?:Z|[+-]\d\d:\d\d)$/.test(found) || Number.isNaN(Date.parse(found))) return null
  return new Date(found).toISOString().replace(/\.\d+Z$/, 'Z')
}

export function sourceTypeOf(value: unknown): string | null {
  const found = texts(value)
  return found && SOURCE_TYPE.test(found) ? found : null
}

/** Our stamp: one assertion of each kind, that the signer stands for, with equal bits. */
export function stampOf(assertions: readonly RawAssertion[], version: number): StampStatement | null {
  const only = (label: string) => {
    const found = assertions.filter((each) => labelled(each, label))
    return found.length === 1 && isStated(found[0]!, version) ? loose(found[0]!.data) : undefined
  }
  const [stamp, binding] = [only(STAMP), only(SOFT_BINDING)]
  const value = texts(loose(items(binding?.blocks)[0]).value)
  const [payload, name, number] = [texts(stamp?.stamp_id), texts(stamp?.producer_name), stamp?.producer]
  const bound = value === null ? undefined : fromBase64(value)
  if (!payload || !name || binding?.alg !== ALGORITHM || !bound || toHex(bound) !== payload) return null
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > MOST_NUMBER) return null
  return { number, payload, producerName: name, lattice: texts(stamp?.lattice) ?? 'none', pdq: texts(stamp?.pdq) ?? '' }
}

export function actionsOf(assertions: readonly RawAssertion[], version: number): Action[] {
  return assertions
    .filter((each) => labelled(each, 'c2pa.actions'))
    .flatMap((assertion) => {
      const data = loose(assertion.data)
      return items(data.actions).map((raw) => actionOf(loose(raw), data, isStated(assertion, version)))
    })
}

function actionOf(action: Loose, data: Loose, stated: boolean): Action {
  const index = typeof action.softwareAgentIndex === 'number' ? items(data.softwareAgents)[action.softwareAgentIndex] : undefined
  const agent = action.softwareAgent ?? index
  return {
    action: texts(action.action) ?? '',
    model: texts(agent) ?? texts(loose(agent).name),
    model_version: texts(loose(agent).version),
    time: timeOf(action.when),
    source_type: sourceTypeOf(action.digitalSourceType),
    stated,
  }
}

export function ingredientsOf(raw: unknown): Ingredient[] {
  return items(raw).map((each) => {
    const ingredient = loose(each)
    return { relationship: texts(ingredient.relationship), urn: texts(ingredient.active_manifest), source_type: sourceTypeOf(ingredient.digitalSourceType) }
  })
}

/** Whether a hash over bytes leaves out one part and no more: the manifest, which can't hold its own hash. */
export function leavesOutOne(data: unknown): boolean {
  return items(loose(data).exclusions).length === 1
}
