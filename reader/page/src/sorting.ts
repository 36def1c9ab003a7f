/** Files that were given together: the picture or film, the answers of producers about it, and whom to believe. */

import { DIRECTORY_TYPE, REQUEST_TYPE, RESPONSE_TYPE } from './formats.ts'
import { HEAD, kindOf } from './kinds.ts'
import type { Bytes, Companions } from './report.ts'

/** Bytes of a producer's answer at most: see docs/requests.md. */
const MOST_RESPONSE = 16 * 2 ** 20
/** Bytes of a directory at most; certificates are smaller. */
const MOST_TRUST = 64 * 2 ** 20

export interface Refused {
  readonly name: string
  readonly request: boolean
}

export interface Sorted {
  /** The picture or film to examine. */
  readonly shown: File | undefined
  readonly film: boolean
  readonly companions: Companions
  /** Whether other pictures or films were given with it. */
  readonly others: boolean
  /** A file that is none of these, and whether it is the request that an answer would be to. */
  readonly refused: Refused | undefined
}

export async function sort(files: readonly File[]): Promise<Sorted> {
  let shown: File | undefined
  let film = false
  let others = false
  let refused: Refused | undefined
  const companions = { responses: [] as Bytes[], directories: [] as Bytes[], anchors: [] as Bytes[] }
  for (const file of files) {
    const kind = kindOf(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()), file.type)
    if (kind === 'json' || kind === 'pem') {
      const heap = await heapOf(file, kind)
      if (heap === 'request' || heap === undefined) refused = { name: file.name, request: heap === 'request' }
      else companions[heap].push(new Uint8Array(await file.arrayBuffer()))
    } else if (shown) {
      others = true
    } else {
      shown = file
      film = kind === 'film'
    }
  }
  return { shown, film, others, companions, refused }
}

/** Which of the companions a file is; undefined for what is too large or something else. */
async function heapOf(file: File, kind: 'json' | 'pem'): Promise<keyof Companions | 'request' | undefined> {
  if (file.size > MOST_TRUST) return undefined
  if (kind === 'pem') return 'anchors'
  const type = typeOf(await file.text())
  if (type === REQUEST_TYPE) return 'request'
  if (type === RESPONSE_TYPE && file.size <= MOST_RESPONSE) return 'responses'
  return DIRECTORY_TYPE.test(type) ? 'directories' : undefined
}

function typeOf(text: string): string {
  try {
    const file = JSON.parse(text) as { payload?: { type?: unknown } } | null
    return String(file?.payload?.type)
  } catch {
    return ''
  }
}
