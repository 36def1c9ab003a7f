/** The hot loops, which are WebAssembly (`kernels/`), and the memory that they work in. */

import program from '../../kernels/kernels.wasm'
import { ReaderError } from '../errors.ts'

/** What the kernels offer: all sizes are counts, all places are addresses in bytes. */
interface Kernels {
  readonly memory: WebAssembly.Memory
  readonly base: WebAssembly.Global<'i32'>
  blockLines(
    samples: number, inside: number, columns: number, rows: number, least: number, left: number, top: number,
    across: number, down: number, turns: number, folded: number, kept: number, out: number,
  ): number
  flattenLines(lines: number, count: number, most: number): void
  group(lines: number, order: number, count: number, out: number): void
  agree(groups: number, count: number, x: number, y: number, p: number, cycles: number, most: number, table: number, tile: number, out: number): void
  sample(plane: number, map: number, taps: number, u: number, v: number, step: number, columns: number, rows: number, out: number, inside: number, pitch: number): void
  transformRows(rows: number, one: number, two: number, turns: number, width: number, re: number, im: number, pitch: number): void
  transformColumns(re: number, im: number, pitch: number, height: number, one: number, two: number, turns: number): void
  boxMean(plane: number, width: number, height: number, pitch: number, radius: number, held: number, sums: number): void
  whiten(plane: number, width: number, height: number, pitch: number, radius: number, held: number, sums: number, least: number, most: number): void
  addBackwards(row: number, counts: number, values: number, first: number, end: number): void
  standardise(row: number, counts: number, length: number, least: number): void
  placesOver(row: number, length: number, least: number, out: number): number
  beginBlur(state: number, work: number, width: number, down: number): void
  blurRows(
    state: number, pixels: number, rows: number, step: number, width: number, height: number, across: number, down: number, red: number, green: number, blue: number, row: number, thumbnail: number,
  ): void
  endBlur(state: number, width: number, height: number, across: number, down: number, row: number, thumbnail: number): void
  decodeList(paths: number, subtrees: number, work: number, words: number, costs: number, rows: number): number
  transformBits(bits: number, size: number): void
  product(a: number, b: number, rows: number, inner: number, columns: number, out: number): void
  analyse(plane: number, width: number, height: number, line: number, low: number, down: number, across: number, both: number): void
  meanSquares(values: number, width: number, height: number, line: number, out: number): void
  foldTiles(values: number, variance: number, width: number, height: number, side: number, floor: number, out: number): void
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
    throw new ReaderError(NO_KERNELS, 'This browser or Node is too old to search pictures: use one of 2023 or later, which has WebAssembly with SIMD.', { cause: error })
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

export function doubles(address: number, length: number): Float64Array {
  return new Float64Array(kernels().memory.buffer, address, length)
}

export function integers(address: number, length: number): Int32Array {
  return new Int32Array(kernels().memory.buffer, address, length)
}

export function bytes(address: number, length: number): Uint8Array {
  return new Uint8Array(kernels().memory.buffer, address, length)
}
