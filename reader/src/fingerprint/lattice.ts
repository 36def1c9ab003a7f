/** The lattice fingerprint: how bright each cell of the mark's plane is, in 64 levels. */

import { layoutOf, type Picture } from '../picture/picture.ts'
import { pixelsPerUnit } from '../watermark/format/layout.ts'

/** Sides of cells in mark units: the first is taken with which the picture has few enough. */
const SIDES = [32, 64, 128, 256] as const
const MOST_CELLS = 2048
/** Cells that are read at most. */
const MOST_READ = 4096
const SAMPLES = 8
const LEVEL_BITS = 6
const GREY_LEVELS_PER_LEVEL = 4
const HEADER_BYTES = 6
/** ITU-R BT.601 in 65,536ths. */
const [RED, GREEN, BLUE, HALF] = [19595, 38470, 7471, 32768]

export interface Lattice {
  /** Mark units along a cell's side. */
  readonly side: number
  readonly columns: number
  readonly rows: number
  /** 0 to 63, row by row. */
  readonly levels: Uint8Array
}

/** The fingerprint of a picture that lies as it was marked. */
export function lattice(picture: Picture): Lattice {
  return latticeAt(picture, pixelsPerUnit(picture.width, picture.height))
}

/** The fingerprint of an upright picture whose first tile begins in its corner, at this many pixels per unit. */
export function latticeAt(picture: Picture, scale: number): Lattice {
  const side = sideFor(picture, scale)
  const cell = scale * side
  const [columns, rows] = [Math.floor(picture.width / cell), Math.floor(picture.height / cell)]
  const pitch = cell / SAMPLES
  const factor = Math.max(1, Math.floor(pitch))
  const small = reduced(picture, factor)
  const levels = new Uint8Array(columns * rows)
  const place = (n: number) => ((n + 0.5) * pitch) / factor - 0.5
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0
      for (let n = 0; n < SAMPLES * SAMPLES; n++) {
        sum += bilinear(small, place(column * SAMPLES + (n % SAMPLES)), place(row * SAMPLES + Math.floor(n / SAMPLES)))
      }
      levels[row * columns + column] = Math.floor(sum / (SAMPLES * SAMPLES) / GREY_LEVELS_PER_LEVEL)
    }
  }
  return { side, columns, rows, levels }
}

/** What a cell's level stands for, in grey levels. */
export function brightness({ levels }: Lattice): Float64Array {
  return Float64Array.from(levels, (level) => GREY_LEVELS_PER_LEVEL * (level + 0.5))
}

export function sideFor(picture: { width: number; height: number }, scale: number): number {
  const units = (picture.width * picture.height) / (scale * scale)
  return SIDES.find((side) => units / (side * side) <= MOST_CELLS) ?? SIDES[SIDES.length - 1]!
}

interface Grey {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** The fixed point in which the format divides: a quotient just whole may be rounded down. */
const FIXED = 2 ** 24

/** Luma in whole grey levels, averaged over blocks and rounded again; blocks at the edges may be smaller. */
export function reduced(picture: Picture, factor: number): Grey {
  const { width, height, data } = picture
  const { step, green, blue } = layoutOf(picture)
  const [columns, rows] = [Math.ceil(width / factor), Math.ceil(height / factor)]
  const out = new Uint8Array(columns * rows)
  for (let row = 0; row < rows; row++) {
    const bottom = Math.min(height, (row + 1) * factor)
    for (let column = 0; column < columns; column++) {
      const right = Math.min(width, (column + 1) * factor)
      let sum = 0
      for (let y = row * factor; y < bottom; y++) {
        for (let x = column * factor; x < right; x++) {
          const at = (y * width + x) * step
          sum += (RED * data[at]! + GREEN * data[at + green]! + BLUE * data[at + blue]! + HALF) >> 16
        }
      }
      const count = (bottom - row * factor) * (right - column * factor)
      out[row * columns + column] = Math.floor(((sum + (count >> 1)) * Math.floor(FIXED / count)) / FIXED)
    }
  }
  return { width: columns, height: rows, data: out }
}

/** Between four pixels; places outside are as the edge. A pixel's middle is a whole number. */
export function bilinear({ width, height, data }: Grey, x: number, y: number): number {
  const [cx, cy] = [Math.min(Math.max(x, 0), width - 1), Math.min(Math.max(y, 0), height - 1)]
  const left = Math.min(Math.floor(cx), Math.max(0, width - 2))
  const top = Math.min(Math.floor(cy), Math.max(0, height - 2))
  const right = Math.min(left + 1, width - 1)
  const below = Math.min(top + 1, height - 1)
  const [across, down] = [cx - left, cy - top]
  const upper = data[top * width + left]! * (1 - across) + data[top * width + right]! * across
  const lower = data[below * width + left]! * (1 - across) + data[below * width + right]! * across
  return upper * (1 - down) + lower * down
}

/** Side, columns and rows in two bytes each, then six bits a cell. */
export function packLattice({ side, columns, rows, levels }: Lattice): Uint8Array {
  const out = new Uint8Array(HEADER_BYTES + Math.ceil((LEVEL_BITS * levels.length) / 8))
  const view = new DataView(out.buffer)
  ;[side, columns, rows].forEach((value, n) => {
    view.setUint16(2 * n, value)
  })
  levels.forEach((level, n) => {
    for (let bit = 0; bit < LEVEL_BITS; bit++) {
      const at = n * LEVEL_BITS + bit
      out[HEADER_BYTES + (at >> 3)]! |= ((level >> (LEVEL_BITS - 1 - bit)) & 1) << (7 - (at & 7))
    }
  })
  return out
}

/** Read a packed fingerprint; undefined if it is none. */
export function unpackLattice(packed: Uint8Array): Lattice | undefined {
  if (packed.length < HEADER_BYTES) return undefined
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const [side, columns, rows] = [view.getUint16(0), view.getUint16(2), view.getUint16(4)]
  const count = columns * rows
  const known = SIDES.some((each) => each === side)
  if (!known || count === 0 || count > MOST_READ) return undefined
  if (packed.length !== HEADER_BYTES + Math.ceil((LEVEL_BITS * count) / 8)) return undefined
  const levels = Uint8Array.from({ length: count }, (_, n) => {
    let level = 0
    for (let bit = 0; bit < LEVEL_BITS; bit++) {
      const at = n * LEVEL_BITS + bit
      level = (level << 1) | ((packed[HEADER_BYTES + (at >> 3)]! >> (7 - (at & 7))) & 1)
    }
    return level
  })
  return { side, columns, rows, levels }
}
