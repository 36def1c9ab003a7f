/** The page: what is shown, what a person does, and the worker that examines. Nothing is kept anywhere. */

import { choose, CODES, speaker, type Code } from '../messages/index.ts'
import { BUILD } from './build.ts'
import { watchGiving } from './giving.ts'
import { begin, FailedError, type Job } from './job.ts'
import { sort, type Sorted } from './sorting.ts'
import { NOTHING, type Companions, type FailureKind, type Progress } from './report.ts'
import { showHelp } from './views/advice.ts'
import { showFailed, showRefused } from './views/failed.ts'
import { buildFrame } from './views/frame.ts'
import { showResult } from './views/result.ts'
import type { Actions, Note, Stage, View } from './views/stage.ts'
import { showStart } from './views/start.ts'
import { moveOn, showWorking } from './views/working.ts'

class Page {
  private readonly root: HTMLElement
  private readonly status: HTMLElement
  private stage: Stage
  private view: View = { kind: 'start', notes: [] }
  private before: View = this.view
  private job: Job | undefined
  private given: { file: File; film: boolean } | undefined
  private companions: Companions = NOTHING
  private notes: readonly Note[] = []

  constructor(root: HTMLElement, code: Code) {
    this.root = root
    this.status = document.createElement('p')
    this.status.className = 'unseen'
    this.status.setAttribute('role', 'status')
    this.stage = this.speak(code)
    watchGiving((files) => this.take(files))
    this.show(this.view, false)
  }

  /** Say everything in another language; what is shown stays. */
  turn(code: Code): void {
    if (code === this.stage.speaker.code) return
    this.stage = this.speak(code)
    this.show(this.view, false)
  }

  private speak(code: Code): Stage {
    const actions: Actions = {
      take: (files) => void this.take(files),
      cancel: () => this.cancel(),
      restart: () => this.restart(),
      retry: () => void this.retry(),
      help: () => this.show({ kind: 'help' }),
      back: () => this.show(this.before),
    }
    const announce = (text: string) => (this.status.textContent = text)
    return { speaker: speaker(code), actions, preferred: navigator.languages, announce }
  }

  private show(view: View, focus = true): void {
    if (view.kind === 'help' && this.view.kind !== 'help') this.before = this.view
    this.view = view
    const { speaker } = this.stage
    document.documentElement.lang = speaker.code
    const { main } = buildFrame(this.root, this.stage, this.status)
    main.append(...this.build(view))
    const heading = main.querySelector('h1')
    document.title = `${heading?.textContent ?? ''} – provenance`
    if (!focus) return
    heading?.focus()
    scrollTo(0, 0)
  }

  private build(view: View): HTMLElement[] {
    switch (view.kind) {
      case 'start':
        return showStart(this.stage, view.notes)
      case 'help':
        return showHelp(this.stage)
      case 'working':
        return showWorking(this.stage, view.name, view.progress)
      case 'failed':
        return showFailed(this.stage, view.why, view.detail)
      case 'result':
        return showResult(this.stage, view.report, view.notes)
      case 'refused':
        return showRefused(this.stage, view.note)
    }
  }

  private async take(files: readonly File[]): Promise<void> {
    if (!files.length) return
    const sorted = await sort(files)
    const { shown, film, companions } = sorted
    this.companions = join(this.companions, companions)
    if (shown) this.given = { file: shown, film }
    this.notes = notesOn(sorted)
    const [note] = this.notes
    const news = shown !== undefined || Object.values(companions).some((heap) => heap.length)
    if (this.given && news) await this.examine(this.given.file, this.given.film)
    else if (this.given) this.annotate()
    else if (note && !news) this.show({ kind: 'refused', note })
    else this.show({ kind: 'start', notes: [{ key: companions.responses.length ? 'responseReady' : 'trustReady' }, ...this.notes] })
  }

  /** Show what was found once more, with notes: what was given then changed nothing. */
  private annotate(): void {
    const held = this.view.kind === 'help' ? this.before : this.view
    if (held.kind === 'result') this.show({ ...held, notes: this.notes })
  }

  private async examine(file: File, film: boolean): Promise<void> {
    this.job?.cancel()
    const progress: Progress = { step: 'reading', share: 0 }
    const working = { kind: 'working' as const, name: file.name, progress }
    this.show(working)
    const job = begin(file, film, this.companions, (now) => {
      if (this.job !== job) return
      working.progress = now
      if (this.view === working) moveOn(this.stage, now)
    })
    this.job = job
    try {
      const report = await job.report
      if (this.job === job) this.show({ kind: 'result', report, notes: this.notes })
    } catch (error) {
      if (this.job === job) this.fail(error)
    }
  }

  private async retry(): Promise<void> {
    if (this.given) await this.examine(this.given.file, this.given.film)
  }

  private fail(error: unknown): void {
    const why: FailureKind = error instanceof FailedError ? error.why : 'defect'
    this.given = undefined
    this.show({ kind: 'failed', why, detail: error instanceof Error ? error.message : String(error) })
  }

  private cancel(): void {
    this.restart()
    this.stage.announce(this.stage.speaker.say('cancelled'))
  }

  private restart(): void {
    this.job?.cancel()
    this.job = undefined
    this.given = undefined
    this.companions = NOTHING
    this.notes = []
    this.show({ kind: 'start', notes: [] })
  }
}

/** What there is to say of files that were not used. */
function notesOn({ shown, others, refused }: Sorted): Note[] {
  const notes: Note[] = []
  if (shown && others) notes.push({ key: 'noteOne', values: { name: shown.name } })
  if (refused) notes.push({ key: refused.request ? 'noteRequest' : 'noteRefused', values: { name: refused.name } })
  return notes
}

function join(some: Companions, more: Companions): Companions {
  const both = (name: keyof Companions) => [...some[name], ...more[name]]
  return { responses: both('responses'), directories: both('directories'), anchors: both('anchors') }
}

function languageAsked(): string | null {
  const hash = location.hash.slice(1)
  return CODES.includes(hash as Code) ? hash : new URLSearchParams(location.search).get('lang')
}

const page = new Page(document.querySelector<HTMLElement>('#page')!, choose(languageAsked(), navigator.languages))
addEventListener('hashchange', () => page.turn(choose(languageAsked(), navigator.languages)))
if (BUILD.serviceWorker !== null && 'serviceWorker' in navigator) void navigator.serviceWorker.register(BUILD.serviceWorker).catch(() => undefined)
