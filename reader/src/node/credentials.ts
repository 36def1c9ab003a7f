/** Content Credentials on Node: the library's program lies beside this file. */

import { readFile } from 'node:fs/promises'
import { openCredentials } from '../credentials/sdk.ts'
import type { CredentialsReader } from '../credentials/types.ts'

/** A blob whose bytes are at hand at once, as in a browser's worker. */
class MemoryBlob extends Blob {
  readonly memory: Uint8Array<ArrayBuffer>

  constructor(memory: Uint8Array<ArrayBuffer>) {
    super()
    this.memory = memory
  }

  override get size(): number {
    return this.memory.length
  }

  override slice(start?: number, end?: number): Blob {
    return new MemoryBlob(this.memory.subarray(start, end))
  }
}

class MemoryReader {
  readAsArrayBuffer(blob: MemoryBlob): ArrayBuffer {
    return blob.memory.slice().buffer
  }
}

const world = globalThis as { FileReaderSync?: unknown }
let opened: Promise<CredentialsReader> | undefined

/** The library, opened once. */
export function nodeCredentials(): Promise<CredentialsReader> {
  world.FileReaderSync ??= MemoryReader
  opened ??= readFile(new URL('c2pa_bg.wasm', import.meta.url)).then((wasm) => openCredentials(wasm, (bytes) => new MemoryBlob(bytes)))
  return opened
}
