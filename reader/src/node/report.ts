/** What the command says about one file. */

import { createHash } from 'node:crypto'
import { pdq } from '../fingerprint/index.ts'
import { createdAt, detectAll, toHex, unpackPayload, type Detection } from '../watermark/index.ts'
import { ReaderError } from '../errors.ts'
import { decodePicture } from './decode.ts'

/** The version of the payload whose fields are known. */
const KNOWN_VERSION = 1

export interface Report {
  readonly input: string
  readonly sha256: string | null
  readonly width: number | null
  readonly height: number | null
  readonly marks: readonly object[]
  readonly pdq: { readonly hash: string; readonly quality: number } | null
  readonly error: { readonly code: string; readonly message: string } | null
}

/** Read every mark and the whole picture's fingerprint. The lock of a mark is not told. */
export async function report(input: string, read: () => Promise<Uint8Array>, keys: readonly Uint8Array[]): Promise<Report> {
  const none = { input, sha256: null, width: null, height: null, marks: [], pdq: null }
  let sha256: string | null = null
  try {
    const bytes = await read()
    sha256 = createHash('sha256').update(bytes).digest('hex')
    const picture = await decodePicture(bytes)
    const { hash, quality } = pdq(picture)
    const marks = keys.flatMap((key) => detectAll(picture, key)).map(mark)
    const { width, height } = picture
    return { input, sha256, width, height, marks, pdq: { hash: toHex(hash), quality }, error: null }
  } catch (error) {
    return { ...none, sha256, error: failure(error) }
  }
}

function failure(error: unknown): { code: string; message: string } {
  if (error instanceof ReaderError) return { code: error.code, message: error.message }
  if (error instanceof Error && 'code' in error) return { code: 'input.missing', message: 'The file is missing or cannot be opened.' }
  throw error
}

function mark({ payload, falsePositiveProbability, fit, geometry, region, inverted }: Detection): object {
  const fields = unpackPayload(payload)
  const known = fields.version === KNOWN_VERSION
  const [a, b, c, d, e, f, g, h, i] = geometry.matrix
  return {
    payload: toHex(payload),
    fields: known ? { ...fields, created: createdAt(fields).toISOString() } : { version: fields.version },
    false_positive_probability: falsePositiveProbability,
    fit,
    matrix: [[a, b, c], [d, e, f], [g, h, i]],
    region,
    inverted,
  }
}
