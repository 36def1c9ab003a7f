/** How far an examination is: a share that never falls. */

import type { Progress, Step } from './options.ts'

export type Tell = (step: Step, share: number) => void

export class Meter {
  readonly #progress: ((progress: Progress) => void) | undefined
  #reached = 0

  constructor(progress: ((progress: Progress) => void) | undefined) {
    this.#progress = progress
  }

  readonly tell: Tell = (step, share) => {
    this.#reached = Math.max(this.#reached, share)
    this.#progress?.({ step, share: this.#reached })
  }

  /** A part of the way, from where it is now to this share of the whole. */
  leg(to: number): Tell {
    const from = this.#reached
    return (step, share) => this.tell(step, from + (to - from) * share)
  }
}
