/** The view for what could not be examined: what it is, what helps, and that it is nobody's fault. */

import type { Key } from '../../messages/index.ts'
import { h } from '../dom.ts'
import type { FailureKind } from '../report.ts'
import type { Stage } from './stage.ts'

const WORDS: Record<FailureKind | 'file', Key> = {
  heic: 'failHeic',
  trust: 'failTrust',
  kind: 'failKind',
  film: 'failFilm',
  large: 'failLarge',
  memory: 'failMemory',
  defect: 'failDefect',
  file: 'failFile',
}

export function showFailed({ speaker, actions }: Stage, why: FailureKind | 'file', detail: string): HTMLElement[] {
  const { say } = speaker
  return [
    h('h1', { tabindex: '-1' }, say('failed')),
    h(
      'div',
      { class: 'verdict none' },
      h('p', { class: 'first' }, say(WORDS[why], { why: detail })),
      h('p', {}, say('failedNot')),
      why === 'defect' && h('p', { class: 'quiet' }, h('code', { lang: 'en' }, detail)),
    ),
    h('button', { type: 'button', id: 'again', click: () => actions.restart() }, say('again')),
    h('button', { type: 'button', class: 'button second', id: 'to-help', click: () => actions.help() }, say('toHelp')),
  ]
}
