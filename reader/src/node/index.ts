/** On Node: pictures out of files, and what the command says about them. */

export { decodePicture, UnreadableError } from './decode.ts'
export { report, type Report } from './report.ts'
