/** Verdicts: where a picture comes from, as far as somebody proved it. */

export type { Mark } from './examine.ts'
export type { Decode, Options, Progress, Step } from './options.ts'
export type * from './types.ts'
export { verify, verifyWhole, type Examined } from './verify.ts'
