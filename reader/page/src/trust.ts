/** Whom the page believes: read from what `provenance page` put beside it, and from what was dropped. */

import { BUILD } from './build.ts'
import type { Belief, Bytes, Companions, Trust } from './report.ts'

interface Written {
  readonly anchors?: readonly string[]
  readonly directory_anchors?: readonly string[]
  readonly directories?: readonly { readonly name: string; readonly data: string }[]
}

let read: Promise<Trust> | undefined

/** The page's own trust: in the single file a block of data, beside the hosted page a file. */
function ownTrust(): Promise<Trust> {
  read ??= BUILD.trust === null ? Promise.resolve(document.querySelector('#trust')?.textContent ?? '{}').then(parse) : fetch(BUILD.trust).then(async (answer) => parse(await answer.text()))
  return read
}

function parse(text: string): Trust {
  const { anchors = [], directory_anchors = [], directories = [] } = JSON.parse(text) as Written
  return { anchors, directoryAnchors: directory_anchors, directories: directories.map(({ name, data }) => ({ name, data: fromBase64(data) })) }
}

export function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}

export async function believe({ responses, directories, anchors }: Companions): Promise<Belief> {
  const own = await ownTrust()
  const dropped = directories.map((data, n) => ({ name: `directory-${n + 1}.json`, data }))
  const authorities = anchors.map((bytes) => new TextDecoder().decode(bytes))
  return {
    responses,
    trust: { anchors: own.anchors, directoryAnchors: [...own.directoryAnchors, ...authorities], directories: [...own.directories, ...dropped] },
  }
}
