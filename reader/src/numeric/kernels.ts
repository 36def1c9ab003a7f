/** The hot loops, which are WebAssembly (`kernels/`), and the memory that they work in. */

import program from '../../kernels/kernels.wasm'
import { ReaderError } from '../errors.ts'

/** What the kernels offer: all sizes are counts, all places are addresses in bytes. */
interface Kernels {
  readonly memory: WebAssembly.Memory
  readonly base: WebAssembly.Global<'i32'>
  transformRows(rows: number, one: number, two: number, turns: number, width: number, re: number, im: number, pitch: number): void
  transformColumns(re: number, im: number, pitch: number, height: number, one: number, two: number, turns: number): void
  flatten(re: number, im: number, pitch: number, columns: number, height: number, cap: number): void
  luma(pixels: number, step: number, count: number, out: number, red: number, green: number, blue: number): void
  resample(
    rows: number, slots: number, width: number, starts: number, weights: number, deep: number, first: number, last: number,
    pointers: number, mixed: number, startsAcross: number, weightsAcross: number, wide: number, count: number, out: number,
  ): void
  positions(lines: number, cycles: number, turns: number, grid: number, spare: number, found: number): void
  powers(re: number, im: number, columns: number, rows: number, across: number, down: number, most: number, out: number): void
}

/** What a browser says that lacks them. */
export const NO_KERNELS = 'platform.no_simd'
const PAGE = 1 << 16
/** Every area begins where vectors may begin. */
const ALIGNMENT = 16

let made: Kernels | undefined

/** The kernels, begun once. */
export function kernels(): Kernels {
  return (made ??= begin())
}

function begin(): Kernels {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(program)).exports as unknown as Kernels
  } catch (error) {
    throw new ReaderError(NO_KERNELS, 'This browser or Node is too old: pictures are searched by WebAssembly with SIMD, which all have had since 2023.', { cause: error })
  }
}

/**
 * Areas of memory for so many numbers of four bytes each, one after the other. They hold until anybody lays out others, so that all
 * kernels share the memory that the greatest of them needs; views of it that were made before are lost.
 */
export function layOut<N extends readonly number[]>(...lengths: N): { [K in keyof N]: number } {
  const { memory, base } = kernels()
  let end = base.value
  const areas = lengths.map((length) => {
    const begin = ALIGNMENT * Math.ceil(end / ALIGNMENT)
    end = begin + 4 * length
    return begin
  })
  const missing = end - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
  return areas as { [K in keyof N]: number }
}

/** The numbers at an address. */
export function floats(address: number, length: number): Float32Array {
  return new Float32Array(kernels().memory.buffer, address, length)
}

export function integers(address: number, length: number): Int32Array {
  return new Int32Array(kernels().memory.buffer, address, length)
}

export function bytes(address: number, length: number): Uint8Array {
  return new Uint8Array(kernels().memory.buffer, address, length)
}
