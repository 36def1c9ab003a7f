/** What can go wrong with somebody's bytes: one kind, one stable code each, one sentence. */

export class ReaderError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ReaderError'
    this.code = code
  }
}
