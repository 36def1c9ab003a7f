/** What can be done now: choices, never orders, each closed until it is wanted. */

import type { Key } from '../../messages/index.ts'
import { h, save, type Child } from '../dom.ts'
import { REQUEST_MEDIA_TYPE } from '../formats.ts'
import { stampIds, writeRequest, writeSheet } from '../papers.ts'
import type { Report } from '../report.ts'
import { helplinesFor } from './helplines.ts'
import type { Stage } from './stage.ts'
import { sayVerdict } from './words.ts'

const STOPNCII = 'https://stopncii.org/'
const TAKE_IT_DOWN = 'https://takeitdown.ncmec.org/'

/** The view without a picture. */
export function showHelp(stage: Stage): HTMLElement[] {
  const { say } = stage.speaker
  return [
    h('h1', { tabindex: '-1' }, say('helpNow')),
    h('p', {}, say('fault')),
    ...adviceOn(stage, undefined),
    h('button', { type: 'button', id: 'back', click: () => stage.actions.back() }, say('back')),
  ]
}

export function adviceOn(stage: Stage, report: Report | undefined): HTMLElement[] {
  const { say } = stage.speaker
  const lines = (...keys: Key[]) => h('ul', {}, ...keys.map((key) => h('li', {}, say(key))))
  return [
    h('p', {}, say('choices'), ' ', say('danger')),
    h(
      'div',
      { class: 'choices' },
      choice('talk', say('talk'), h('p', {}, say('talkHow')), helplinesFor(stage)),
      choice(
        'spread',
        say('spread'),
        h('p', {}, say('spreadHow')),
        h('ul', {}, h('li', {}, outside(STOPNCII, say('stopncii'))), h('li', {}, outside(TAKE_IT_DOWN, say('takeitdown')))),
        h('p', {}, say('platform')),
        report && hashList(stage, report),
        h('p', { class: 'quiet' }, say('opensSite')),
      ),
      choice('evidence', say('evidence'), h('p', {}, say('evidenceSafe')), lines('evidenceAddress', 'evidenceScreens', 'evidenceFile', 'evidenceLog', 'evidencePay'), h('p', { class: 'note' }, say('evidenceYoung'))),
      report && police(stage, report),
      report && asking(stage, report),
    ),
  ]
}

function choice(id: string, title: string, ...children: Child[]): HTMLElement {
  return h('details', { id, class: 'choice' }, h('summary', {}, title), ...children)
}

/** A link to another site: it opens only when it is followed, and tells nothing of this page. */
export function outside(address: string, text: string): HTMLElement {
  return h('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, text)
}

function hashList({ speaker }: Stage, { pdq }: Report): Child {
  if (!pdq) return undefined
  return [h('h3', {}, speaker.say('lists')), h('p', {}, speaker.say('listsHow')), h('p', {}, h('code', { id: 'pdq' }, pdq.hash))]
}

function police(stage: Stage, report: Report): HTMLElement {
  const { say } = stage.speaker
  const { first } = sayVerdict(stage.speaker, report)
  const sheet = () => writeSheet(report, [first], stage.speaker, new Date())
  return choice(
    'police',
    say('police'),
    h('p', {}, say('policeHow')),
    h('p', {}, h('button', { type: 'button', id: 'save-sheet', click: () => save('for-the-police.txt', 'text/plain;charset=utf-8', sheet()) }, say('policeSheet'))),
  )
}

function asking({ speaker }: Stage, report: Report): HTMLElement {
  const { say } = speaker
  const producer = report.verdict.origin?.producer ?? null
  const button = (id: string, only: boolean) => {
    const download = () => save(only ? 'request.json' : `request-${id}.json`, REQUEST_MEDIA_TYPE, writeRequest(id, producer, new Date()))
    return h('p', {}, h('button', { type: 'button', class: 'save-request', click: download }, say('askSave')), !only && h('code', {}, id))
  }
  const ids = stampIds(report)
  if (!ids.length) return choice('ask', say('ask'), h('p', {}, say('noTrace')))
  return choice(
    'ask',
    say('ask'),
    h('p', {}, say('askHow')),
    h('p', {}, producer ? say('askWhom', { producer }) : say('askUnknown')),
    ...ids.map((id) => button(id, ids.length === 1)),
    h('p', {}, say('askAnswer')),
  )
}
