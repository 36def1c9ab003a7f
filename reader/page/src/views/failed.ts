/** The view for what could not be examined: what it is, what helps, and that it is nobody's fault. */

import type { Key } from '../../messages/index.ts'
import { h, type Child } from '../dom.ts'
import type { FailureKind } from '../report.ts'
import type { Note, Stage } from './stage.ts'

const WORDS: Record<FailureKind, Key> = {
  heic: 'failHeic',
  trust: 'failTrust',
  kind: 'failKind',
  film: 'failFilm',
  large: 'failLarge',
  memory: 'failMemory',
  defect: 'failDefect',
}

export function showFailed(stage: Stage, why: FailureKind, detail: string): HTMLElement[] {
  const { say } = stage.speaker
  return tell(stage, say(WORDS[why]), why === 'defect' && h('p', { class: 'quiet' }, h('code', { lang: 'en' }, detail)))
}

/** The view for a file that is neither a picture nor about one. */
export function showRefused(stage: Stage, { key, values }: Note): HTMLElement[] {
  return tell(stage, stage.speaker.say(key, values))
}

function tell({ speaker, actions }: Stage, why: string, more?: Child): HTMLElement[] {
  const { say } = speaker
  return [
    h('h1', { tabindex: '-1' }, say('failed')),
    h(
      'div',
      { class: 'verdict none' },
      h('p', { class: 'first' }, why),
      h('p', {}, say('failedNot')),
      more,
    ),
    h('button', { type: 'button', id: 'again', click: () => actions.restart() }, say('again')),
    h('button', { type: 'button', class: 'button second', id: 'to-help', click: () => actions.help() }, say('toHelp')),
  ]
}
