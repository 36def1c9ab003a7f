/** The view while a file is examined; it is changed in place, so that nothing jumps. */

import type { Key } from '../../messages/index.ts'
import { h } from '../dom.ts'
import type { Progress } from '../report.ts'
import type { Stage } from './stage.ts'

const STEPS: Record<Exclude<Progress['step'], 'frames'>, Key> = {
  reading: 'stepReading',
  fingerprint: 'stepFingerprint',
  mark: 'stepMark',
  further: 'stepFurther',
  credentials: 'stepCredentials',
  comparing: 'stepComparing',
  done: 'stepDone',
}

export function showWorking(stage: Stage, name: string, progress: Progress): HTMLElement[] {
  const { speaker, actions } = stage
  const step = sayStep(stage, progress)
  stage.announce(step)
  return [
    h('h1', { tabindex: '-1' }, speaker.say('working')),
    h('p', { class: 'quiet' }, speaker.say('workingName', { name })),
    h('p', { id: 'step' }, step),
    h('progress', { id: 'progress', max: '100', value: percent(progress), 'aria-label': speaker.say('progress') }),
    h('p', {}, h('button', { type: 'button', id: 'cancel', class: 'button second', click: () => actions.cancel() }, speaker.say('cancel'))),
  ]
}

export function moveOn(stage: Stage, progress: Progress): void {
  const [step, bar] = [document.querySelector('#step'), document.querySelector<HTMLProgressElement>('#progress')]
  if (!step || !bar) return
  bar.value = Math.max(bar.value, Number(percent(progress)))
  const text = sayStep(stage, progress)
  if (step.textContent === text) return
  step.textContent = text
  stage.announce(text)
}

function percent({ share }: Progress): string {
  return String(Math.round(100 * share))
}

function sayStep({ speaker }: Stage, { step, frame }: Progress): string {
  if (step === 'frames') return speaker.say('stepFrames', { n: frame?.n ?? 1, count: frame?.count ?? 1 })
  return speaker.say(STEPS[step])
}
