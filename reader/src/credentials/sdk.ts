/** The C2PA project's own library as WebAssembly: nothing is fetched, nobody is trusted by default. */

import initialise, { WasmReader } from '@contentauth/c2pa-wasm'
import { ReaderError } from '../errors.ts'
import { integrityOf, isTrusted, ownFailures, type Status } from './codes.ts'
import { chainOf } from './signer.ts'
import { actionsOf, ingredientsOf, leavesOutOne, loose, stampOf, texts, timeOf, type RawAssertion } from './statements.ts'
import { UNAVAILABLE, type CredentialsReader, type ReadManifest } from './types.ts'

/** What the library is given: its own network is off, as nothing may leave the device. */
const OFFLINE = {
  core: { allowed_network_hosts: [] },
  verify: { verify_trust: true, verify_timestamp_trust: true, ocsp_fetch: false, remote_manifest_fetch: false },
}
/** What the library says where there is nothing to read, or nothing of a kind that it reads. */
const NOTHING = /JumbfNotFound|no JUMBF|RemoteManifest|must be fetched|UnknownAlgorithm|UnsupportedType|VersionCompatibility|Prerelease/i

interface Store {
  readonly active_manifest?: string
  readonly manifests?: Readonly<Record<string, RawManifest>>
  readonly validation_results?: { readonly activeManifest?: Results }
}

interface RawManifest {
  readonly assertions?: readonly RawAssertion[]
  readonly ingredients?: unknown
  readonly redactions?: unknown
  readonly claim_version?: number
  readonly signature_info?: unknown
}

interface Results {
  readonly success?: readonly Status[]
  readonly failure?: readonly Status[]
}

interface CrManifest {
  readonly label?: string
  readonly assertions?: Readonly<Record<string, unknown>>
  readonly validationResults?: Results
}

/** Open the library: `wasm` is its program (`c2pa_bg.wasm`), as bytes, compiled, or still on its way. */
export async function openCredentials(
  wasm: BufferSource | WebAssembly.Module | Response | Promise<Response>,
  blobOf: (bytes: Uint8Array<ArrayBuffer>) => Blob = (bytes) => new Blob([bytes]),
): Promise<CredentialsReader> {
  await initialise({ module_or_path: wasm }).catch((error: unknown) => {
    throw new ReaderError(UNAVAILABLE, 'What reads Content Credentials can not be opened here.', { cause: error })
  })
  return { read: (file, type, anchors) => read(blobOf(Uint8Array.from(file)), type, anchors) }
}

async function read(file: Blob, type: string, anchors: string): Promise<readonly ReadManifest[] | undefined> {
  const settings = { ...OFFLINE, trust: anchors ? { trust_anchors: anchors } : {} }
  let reader: WasmReader
  try {
    reader = await WasmReader.fromBlob(type, file, JSON.stringify(settings))
  } catch (error) {
    if (NOTHING.test(String(error))) return undefined
    throw new ReaderError('manifest.damaged', "The file's content credentials can't be read.", { cause: error })
  }
  try {
    return manifestsOf(reader)
  } finally {
    reader.free()
  }
}

function manifestsOf(reader: WasmReader): ReadManifest[] {
  const store = JSON.parse(reader.json()) as Store
  const details = (JSON.parse(reader.crJson()) as { manifests?: readonly CrManifest[] }).manifests ?? []
  const active = store.active_manifest ?? ''
  const urns = Object.keys(store.manifests ?? {})
  return [active, ...urns.filter((urn) => urn !== active)].flatMap((urn) => {
    const raw = store.manifests?.[urn]
    const detail = details.find(({ label }) => label === urn)
    const results = urn === active ? store.validation_results?.activeManifest : detail?.validationResults
    return raw ? [manifestOf(reader, urn, urn === active, raw, detail, results ?? {})] : []
  })
}

function manifestOf(reader: WasmReader, urn: string, active: boolean, raw: RawManifest, detail: CrManifest | undefined, results: Results): ReadManifest {
  const failures = ownFailures(urn, results.failure ?? [])
  const assertions = raw.assertions ?? []
  const version = raw.claim_version ?? 1
  const info = loose(raw.signature_info)
  return {
    urn,
    active,
    integrity: integrityOf(failures),
    trusted: isTrusted(urn, results.success ?? [], failures),
    failures: [...new Set(failures.map(({ code }) => code))],
    chain: certificatesOf(reader, urn, texts(info.cert_serial_number)),
    signerName: texts(info.issuer) ?? texts(info.common_name),
    signedAt: timeOf(info.time),
    stamp: stampOf(assertions, version),
    actions: actionsOf(assertions, version),
    ingredients: ingredientsOf(raw.ingredients),
    redactions: Array.isArray(raw.redactions) ? raw.redactions.filter((each) => typeof each === 'string') : [],
    wholeFile: leavesOutOne(detail?.assertions?.['c2pa.hash.data']),
  }
}

/** The chain counts only if it begins with the certificate that the library checked. */
function certificatesOf(reader: WasmReader, urn: string, serial: string | null): ReadManifest['chain'] {
  let boxes: Uint8Array
  try {
    boxes = reader.resourceToBytes(`self#jumbf=/c2pa/${urn}`)
  } catch {
    return [] // a manifest that the library does not hand back has no known signer
  }
  const chain = chainOf(boxes, urn)
  return chain && serial !== null && String(chain[0]!.serial) === serial ? chain : []
}
