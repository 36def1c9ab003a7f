/** Content Credentials: loaded only where a file carries some, as the library is large. */

export { hasCredentials, mediaTypeOf } from './presence.ts'
export { openCredentials } from './sdk.ts'
export type { CredentialsReader, ReadManifest, StampStatement } from './types.ts'
