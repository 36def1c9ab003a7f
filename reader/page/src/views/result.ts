/** The view with a verdict: what was found, what can be done, who made it, and everything for experts. */

import type { Key } from '../../messages/index.ts'
import type { Finding } from '../../../src/index.ts'
import { h, save, type Child } from '../dom.ts'
import { stampIds, writeResult } from '../papers.ts'
import type { Report } from '../report.ts'
import { adviceOn } from './advice.ts'
import { sayNotes } from './start.ts'
import type { Note, Stage } from './stage.ts'
import { sayVerdict } from './words.ts'

const LAYERS: Record<Finding['layer'], Key> = {
  manifest: 'layerManifest',
  watermark: 'layerWatermark',
  fingerprint: 'layerFingerprint',
  registry: 'layerRegistry',
  directory: 'layerDirectory',
  metadata: 'layerMetadata',
  clock: 'layerClock',
  list: 'layerList',
}

export function showResult(stage: Stage, report: Report, notes: readonly Note[]): HTMLElement[] {
  const { say } = stage.speaker
  const { first, rest } = sayVerdict(stage.speaker, report)
  const state = report.verdict.state ?? 'none'
  return [
    h('h1', { tabindex: '-1', id: 'result' }, say('result')),
    ...sayNotes(stage.speaker, notes),
    h('div', { class: `verdict ${state}` }, h('p', { class: 'first' }, first), ...rest.map((each) => h('p', {}, each)), report.unread && retrying(stage)),
    ...answers(stage, report),
    h('h2', {}, say('helpNow')),
    ...adviceOn(stage, report),
    h('h2', {}, say(stampIds(report).length || report.verdict.history.length ? 'who' : 'aboutFile')),
    facts(stage, report),
    ...experts(stage, report),
    h('p', {}, h('button', { type: 'button', id: 'another', class: 'button second', click: () => stage.actions.restart() }, say('another'))),
  ]
}

/** Examine the file once more: with a network, what was missing can be had. */
function retrying({ speaker, actions }: Stage): HTMLElement {
  return h('p', {}, h('button', { type: 'button', id: 'retry', class: 'button second', click: () => actions.retry() }, speaker.say('unreadRetry')))
}

/** What became of the producers' answers that were dropped onto the page. */
function answers({ speaker }: Stage, { verdict, marks }: Report): HTMLElement[] {
  const given = verdict.freshness?.responses ?? []
  const found = [verdict.origin?.stamp_id, ...marks.map((mark) => mark.stampId)]
  const lines = given.map(({ stamp_id, fault, as_of }) => {
    if (fault === 'number_unknown') return speaker.say('responseUnknown')
    if (fault) return speaker.say('responseFault', { fault })
    if (verdict.state !== 'similar' && !found.includes(stamp_id)) return speaker.say('responseOther')
    return speaker.say('responseUsed', { date: as_of ? speaker.day(as_of.slice(0, 10)) : '' })
  })
  return lines.length ? [h('h2', {}, speaker.say('response')), ...lines.map((line) => h('p', {}, line))] : []
}

function facts(stage: Stage, report: Report): HTMLElement {
  const { say, time } = stage.speaker
  const { verdict, marks, pdq, size } = report
  const { origin } = verdict
  const mark = marks[0]
  const told = (name: Key, value: Child) => (value ? [h('dt', {}, say(name)), h('dd', {}, value)] : [])
  const code = (text: string | null | undefined) => (text ? [h('code', {}, text), copying(stage, text)] : undefined)
  const model = origin?.model ? `${origin.model} ${origin.model_version ?? ''}`.trim() : undefined
  const number = mark?.model ? say('modelNumber', { number: mark.model }) : undefined
  const made = origin?.created ? time(new Date(origin.created)) : mark?.created && say('madeSays', { time: time(new Date(mark.created)) })
  const active = verdict.history.find((entry) => entry.active)
  return h(
    'dl',
    {},
    ...told('producer', origin?.producer ?? (mark?.producer === undefined ? undefined : say('producerNumber', { number: mark.producer }))),
    ...told(active?.trusted ? 'signedBy' : 'signedInNameOf', origin ? undefined : (active?.signer ?? undefined)),
    ...told('model', model ?? number),
    ...told('made', made),
    ...stampIds(report).flatMap((id) => told('stamp', code(id))),
    ...told('file', size && say('fileSize', { ...size })),
    ...told('digest', code(verdict.sha256)),
    ...told('pdq', pdq && [...code(pdq.hash)!, ` ${say('pdqQuality', { quality: pdq.quality })}`]),
  )
}

export function copying({ speaker, announce }: Stage, text: string): HTMLElement {
  const copy = () => void navigator.clipboard.writeText(text).then(() => announce(speaker.say('copied')), () => undefined)
  return h('button', { type: 'button', class: 'small', click: copy }, speaker.say('copy'))
}

function experts({ speaker }: Stage, report: Report): HTMLElement[] {
  const { say } = speaker
  const line = ({ layer, finding, says, codes }: Finding) =>
    h('div', { class: 'layer' }, h('h3', {}, say(LAYERS[layer])), h('p', { lang: 'en' }, finding), says !== null && h('p', { class: 'quiet', lang: 'en' }, says), h('p', { class: 'quiet' }, h('code', {}, codes.join(', '))))
  const { evidence } = report.verdict
  const details = h('details', { id: 'details' }, h('summary', {}, say('details')), h('p', { class: 'quiet' }, say('detailsHow')), ...evidence.map(line))
  const download = () => save('result.json', 'application/json', writeResult(report))
  return [...(evidence.length ? [details] : []), h('p', {}, h('button', { type: 'button', id: 'save-result', class: 'button second', click: download }, say('saveResult')))]
}
