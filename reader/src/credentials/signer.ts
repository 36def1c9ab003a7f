/** The certificates of who signed a manifest, out of its JUMBF boxes. */

import { fromUtf8 } from '../bytes/text.ts'
import { readCertificate, type Certificate } from '../certificates/certificate.ts'
import { DerError } from '../certificates/der.ts'
import { CborError, readCbor, type Cbor } from './cbor.ts'

const SIGNATURE = 'c2pa.signature'
/** Where COSE keeps a chain: by number, and by name in older manifests. */
const CHAIN_LABELS: readonly Cbor[] = [33, 'x5chain']
const MOST_CERTIFICATES = 8
/** Bytes of a description before its label: a kind's identifier, and what may follow. */
const LABEL_AT = 17

interface Box {
  readonly type: string
  readonly content: Uint8Array
}

function boxes(bytes: Uint8Array): Box[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found: Box[] = []
  for (let at = 0; at + 8 <= bytes.length; ) {
    const long = view.getUint32(at) === 1 && at + 16 <= bytes.length
    const stated = long ? Number(view.getBigUint64(at + 8)) : view.getUint32(at)
    const size = stated === 0 ? bytes.length - at : stated
    if (size < 8 || at + size > bytes.length) break
    found.push({ type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)), content: bytes.subarray(at + (long ? 16 : 8), at + size) })
    at += size
  }
  return found
}

function labelOf([description]: readonly Box[]): string | undefined {
  if (description?.type !== 'jumd') return undefined
  const rest = description.content.subarray(LABEL_AT)
  return fromUtf8(rest.subarray(0, Math.max(0, rest.indexOf(0))))
}

/** What lies in the one superbox with this label. */
function within(parents: readonly Box[], label: string): Box[] {
  const found = parents.filter(({ type }) => type === 'jumb').map(({ content }) => boxes(content)).filter((each) => labelOf(each) === label)
  return found.length === 1 ? found[0]! : []
}

/** The chain of a manifest's signer, its own certificate first, out of a store; undefined where it can't be read. */
export function chainOf(store: Uint8Array, urn: string): Certificate[] | undefined {
  const signature = within(within(within(boxes(store), 'c2pa'), urn), SIGNATURE)
  const content = signature.find(({ type }) => type === 'cbor')?.content
  if (!content) return undefined
  try {
    return certificatesOf(readCbor(content))
  } catch (error) {
    if (error instanceof CborError || error instanceof DerError) return undefined
    throw error
  }
}

function certificatesOf(signature: Cbor): Certificate[] | undefined {
  if (!Array.isArray(signature)) return undefined
  const [first, second] = signature as readonly Cbor[]
  const headers = [first instanceof Uint8Array && first.length ? readCbor(first) : undefined, second]
  const chain = headers
    .flatMap((header) => (header instanceof Map ? CHAIN_LABELS.map((label) => (header as ReadonlyMap<Cbor, Cbor>).get(label)) : []))
    .find((value) => value !== undefined)
  const certificates = (Array.isArray(chain) ? (chain as readonly Cbor[]) : [chain]).filter((each) => each instanceof Uint8Array)
  return certificates.length ? certificates.slice(0, MOST_CERTIFICATES).map(readCertificate) : undefined
}
