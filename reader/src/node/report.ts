/** What the command says about one file. */

import { ReaderError } from '../errors.ts'
import { toHex } from '../bytes/text.ts'
import { verifyWhole, type Mark, type Trust, type Verdict } from '../verdict/index.ts'
import { nodeCredentials } from './credentials.ts'
import { decodePicture } from './decode.ts'

/** What an examination is given besides the file. */
export interface Support {
  readonly keys: readonly Uint8Array[]
  readonly responses: readonly Uint8Array[]
  readonly trust: Trust
}

export interface ReportedMark {
  readonly payload: string
  readonly key: Mark['key']
  readonly fields: object
  readonly false_positive_probability: number
  readonly fit: number
  readonly matrix: readonly (readonly number[])[]
  readonly region: object
  readonly inverted: boolean
}

export interface Report {
  readonly input: string
  readonly sha256: string | null
  readonly width: number | null
  readonly height: number | null
  readonly marks: readonly ReportedMark[]
  readonly pdq: { readonly hash: string; readonly quality: number } | null
  /** As `provenance verify --json` has it; null where the file could not be opened. */
  readonly verdict: Verdict | null
  readonly error: { readonly code: string; readonly message: string } | null
}

/** Read every mark and the whole picture's fingerprint, and decide. The lock of a mark is not told. */
export async function report(input: string, read: () => Promise<Uint8Array>, support: Support): Promise<Report> {
  try {
    const options = { ...support, decode: decodePicture, name: input, allMarks: true, credentials: nodeCredentials }
    const { picture, marks, pdq, verdict } = await verifyWhole(await read(), options)
    return {
      input,
      sha256: verdict.sha256,
      width: picture?.width ?? null,
      height: picture?.height ?? null,
      marks: marks.map(reported),
      pdq: pdq ? { hash: toHex(pdq.hash), quality: pdq.quality } : null,
      verdict,
      error: verdict.error,
    }
  } catch (error) {
    return { input, sha256: null, width: null, height: null, marks: [], pdq: null, verdict: null, error: failure(error) }
  }
}

function failure(error: unknown): { code: string; message: string } {
  if (error instanceof ReaderError) return { code: error.code, message: error.message }
  if (error instanceof Error && 'code' in error) return { code: 'input.missing', message: 'The file is missing or cannot be opened.' }
  throw error
}

function reported({ stampId, key, fields, version, created, detection }: Mark): ReportedMark {
  const { falsePositiveProbability, fit, geometry, region, inverted } = detection
  const [a, b, c, d, e, f, g, h, i] = geometry.matrix as [number, number, number, number, number, number, number, number, number]
  return {
    payload: stampId,
    key,
    fields: fields ? { ...fields, created: created!.toISOString() } : { version },
    false_positive_probability: falsePositiveProbability,
    fit,
    matrix: [[a, b, c], [d, e, f], [g, h, i]],
    region,
    inverted,
  }
}
