/** The first view: give a picture, or go straight to what can be done. */

import type { Speaker } from '../../messages/index.ts'
import { h } from '../dom.ts'
import type { Note, Stage } from './stage.ts'

export function showStart({ speaker, actions }: Stage, notes: readonly Note[]): HTMLElement[] {
  const { say } = speaker
  const choose = (event: Event) => actions.take([...((event.target as HTMLInputElement).files ?? [])])
  return [
    h('h1', { tabindex: '-1' }, say('title')),
    h('p', {}, say('lead')),
    ...sayNotes(speaker, notes),
    h(
      'div',
      { class: 'drop' },
      h('label', { for: 'file' }, say('drop')),
      h('input', { type: 'file', id: 'file', accept: 'image/*,video/*,.heic,.json', multiple: true, 'aria-describedby': 'how stays', change: choose }),
      h('p', { class: 'quiet', id: 'how' }, say('dropHow')),
      h('label', { for: 'camera' }, say('photograph')),
      h('input', { type: 'file', id: 'camera', accept: 'image/*', capture: 'environment', 'aria-describedby': 'camera-how stays', change: choose }),
      h('p', { class: 'quiet', id: 'camera-how' }, say('photographHow')),
    ),
    h('p', { id: 'stays' }, h('strong', {}, say('stays')), ' ', say('offline')),
    h('h2', {}, say('helpNow')),
    h('p', {}, say('fault')),
    h('button', { type: 'button', id: 'to-help', class: 'button second', click: () => actions.help() }, say('toHelp')),
  ]
}

/** Notes above the rest of a view. */
export function sayNotes({ say }: Speaker, notes: readonly Note[]): HTMLElement[] {
  return notes.map(({ key, values }) => h('p', { class: 'note' }, say(key, values)))
}
