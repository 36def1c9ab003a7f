/** Files that were given together: the picture or film, and the answers of producers about it. */

import { HEAD, kindOf } from './kinds.ts'

/** Bytes of a producer's answer at most: see docs/requests.md. */
const MOST_RESPONSE = 16 * 2 ** 20
const RESPONSE_TYPE = 'provenance.response.1'

export interface Sorted {
  /** The picture or film to examine. */
  readonly shown: File | undefined
  readonly film: boolean
  readonly responses: readonly Uint8Array[]
  /** What is said of a file that is neither. */
  readonly refused: string | undefined
}

export async function sort(files: readonly File[]): Promise<Sorted> {
  let shown: File | undefined
  let film = false
  let refused: string | undefined
  const responses: Uint8Array[] = []
  for (const file of files) {
    const kind = kindOf(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()), file.type)
    if (kind === 'json') {
      const bytes = file.size <= MOST_RESPONSE ? new Uint8Array(await file.arrayBuffer()) : undefined
      if (bytes && isResponse(bytes)) responses.push(bytes)
      else refused = file.name
    } else if (kind === 'pem') refused = file.name
    else {
      shown = file
      film = kind === 'film'
    }
  }
  return { shown, film, responses, refused }
}

function isResponse(bytes: Uint8Array): boolean {
  try {
    const file = JSON.parse(new TextDecoder().decode(bytes)) as { payload?: { type?: unknown } } | null
    return file?.payload?.type === RESPONSE_TYPE
  } catch {
    return false
  }
}
