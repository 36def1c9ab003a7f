/** Requests to producers, and their responses. */

export { check, isCovered, type Checked, type Fault, type ManifestSigner } from './checking.ts'
export { makeRequest, readRequest, type Asking, type Request } from './request.ts'
export { numberOf, readResponse, type RecordLeaf, type Response } from './response.ts'
export { revocationOf, together, type RevocationStatus } from './several.ts'
