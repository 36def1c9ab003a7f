/** Helplines of one country, and of the world. */

import type { Key } from '../../messages/index.ts'
import { h, type Child } from '../dom.ts'
import { COUNTRIES, guessCountry, sayHours, type Helpline, type Whom } from '../helplines.ts'
import { outside } from './advice.ts'
import type { Stage } from './stage.ts'

const WHOM: Record<Whom, Key> = { adults: 'forAdults', young: 'forYoung', women: 'forWomen', everybody: 'forEverybody' }
const OTHER = ''

export function helplinesFor(stage: Stage): HTMLElement {
  const { speaker, preferred } = stage
  const list = h('ul', { class: 'helplines', 'aria-live': 'polite' })
  const show = (country: string) => list.replaceChildren(...entries(stage, country))
  const guess = guessCountry(preferred) ?? OTHER
  const codes = Object.keys(COUNTRIES).sort((a, b) => speaker.country(a).localeCompare(speaker.country(b), speaker.code))
  const option = (code: string, name: string) => h('option', { value: code, selected: code === guess }, name)
  const select = h(
    'select',
    { id: 'country', change: (event) => show((event.target as HTMLSelectElement).value) },
    option(OTHER, speaker.say('otherCountry')),
    ...codes.map((code) => option(code, speaker.country(code))),
  )
  show(guess)
  return h('div', {}, h('label', { for: 'country' }, speaker.say('country')), select, list, h('p', { class: 'quiet' }, speaker.say('opensSite')))
}

function entries(stage: Stage, country: string): HTMLElement[] {
  const known = COUNTRIES[country]
  if (!known) return [h('li', {}, stage.speaker.say('noHelpline'))]
  return known.map((each) => entry(stage, each))
}

function entry({ speaker }: Stage, { name, phone, web, hours, free, anonymous, source, of, read, ...rest }: Helpline): HTMLElement {
  const { say, day, code } = speaker
  const open = hours === 'always' ? say('always') : hours && sayHours(hours, code)
  const about = [say(WHOM[rest.for]), open, free && say('free'), anonymous && say('anonymous')]
  const from: Child = say(of ? 'sourceDated' : 'source', { source: new URL(source).host, of: of ? sayDate(of, day) : '', read, date: day(read) })
  return h(
    'li',
    {},
    h('strong', {}, name),
    ...(phone ? [' ', h('a', { href: `tel:${phone.replace(/[^\d+]/g, '')}` }, phone)] : []),
    h('br'),
    about.filter(Boolean).join(' · '),
    ...(web ? [h('br'), outside(web, new URL(web).host.replace(/^www\./, ''))] : []),
    h('br'),
    h('span', { class: 'quiet' }, outside(source, from)),
  )
}

/** A source's own date may be a month. */
function sayDate(of: string, day: (date: string) => string): string {
  return of.length === 7 ? of : day(of)
}
