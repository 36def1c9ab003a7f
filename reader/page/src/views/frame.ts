/** What surrounds every view: name, languages, the way out, and what the page is. */

import { CODES, LANGUAGES, type Code } from '../../messages/index.ts'
import { BUILD } from '../build.ts'
import { h } from '../dom.ts'
import type { Stage } from './stage.ts'

export interface Frame {
  readonly main: HTMLElement
  readonly status: HTMLElement
}

/** Put the frame onto the page; the view goes into `main`. */
export function buildFrame(root: HTMLElement, { speaker }: Stage, status: HTMLElement): Frame {
  const { say } = speaker
  const main = h('main', { id: 'main' })
  root.replaceChildren(
    h('a', { class: 'skip', href: '#main', click: (event) => skip(event, main) }, say('skip')),
    h('header', {}, h('span', { class: 'name' }, 'provenance'), languages(speaker.code, say('language')), leaving(say('leave'))),
    main,
    h('footer', { class: 'quiet' }, h('p', {}, say('about', { version: BUILD.version })), h('p', {}, say('notSaid'))),
    status,
  )
  return { main, status }
}

function skip(event: Event, main: HTMLElement): void {
  event.preventDefault()
  main.querySelector<HTMLElement>('h1')?.focus()
}

function languages(present: Code, label: string): HTMLElement {
  const link = (code: Code) =>
    h('a', { href: `#${code}`, lang: code, hreflang: code, 'aria-current': code === present && 'true' }, LANGUAGES[code].name)
  return h('nav', { 'aria-label': label }, h('ul', {}, ...CODES.map((code) => h('li', {}, link(code)))))
}

/** An empty page in place of this one, so that going back leads past it. */
function leaving(label: string): HTMLElement {
  return h('button', { type: 'button', class: 'button second leave', click: () => location.replace('about:blank') }, label)
}
