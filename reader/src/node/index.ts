/** On Node: pictures out of files, and what the command says about them. */

export { nodeCredentials } from './credentials.ts'
export { decodePicture } from './decode.ts'
export { report, type Report } from './report.ts'
