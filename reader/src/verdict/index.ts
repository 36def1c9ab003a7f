/** Verdicts: where a picture comes from, as far as somebody proved it. */

export type { Mark } from './examine.ts'
export { decide, type Decision } from './decide.ts'
export type { Evidence, Reason } from './evidence.ts'
export type { Decode, NamedFile, Options, Progress, Step, Trust } from './options.ts'
export { NAMED_BY_ITSELF } from './types.ts'
export type * from './types.ts'
export { verify, verifyWhole, type Examined } from './verify.ts'
