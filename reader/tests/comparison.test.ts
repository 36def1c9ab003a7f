/** V10: cells, tone, and whole comparisons, as close as the page on fingerprints asks. */

import { describe, expect, test } from 'vitest'
import { compareLattice, fromHex, unpackLattice, type Picture } from 'image-provenance-reader'
import { decodePicture } from 'image-provenance-reader/node'
import { measureCells } from '../src/fingerprint/cells.ts'
import { offsetsOf } from '../src/fingerprint/likeness.ts'
import { explain } from '../src/fingerprint/tone.ts'
import { cases, vector, vectorBytes } from './vectors.ts'

interface Suspect {
  file: string
  matrix: number[][]
  part?: [number, number, number, number]
  negative?: boolean
  mixed?: { with: string; of_256: number }
  tone?: [number, number, number]
  covered?: [number, number, number, number]
}

const decoded = new Map<string, Promise<Picture>>()

function pixels(file: string): Promise<Picture> {
  const known = decoded.get(file) ?? decodePicture(vectorBytes(`pictures/${file}`))
  decoded.set(file, known)
  return known
}

/** The pixels that a suspect names, after what was done to them. */
async function prepared({ file, part, negative, mixed, tone, covered }: Suspect): Promise<Picture> {
  const whole = await pixels(file)
  const other = mixed && (await pixels(mixed.with))
  const step = whole.data.length / (whole.width * whole.height)
  const [left, top, right, bottom] = part ?? [0, 0, whole.width, whole.height]
  const [width, height] = [right - left, bottom - top]
  const data = new Uint8Array(3 * width * height)
  for (let n = 0; n < data.length; n++) {
    const [x, y, channel] = [Math.floor(n / 3) % width, Math.floor(n / 3 / width), n % 3]
    const at = ((top + y) * whole.width + left + x) * step + channel
    let value = whole.data[at]!
    if (negative) value = 255 - value
    if (other && mixed) value = (mixed.of_256 * value + (256 - mixed.of_256) * other.data[at]!) >> 8
    if (tone) value = Math.floor((value * tone[0]) / tone[1]) + tone[2]
    if (covered && x >= covered[0] && y >= covered[1] && x < covered[2] && y < covered[3]) value = 0
    data[n] = value
  }
  return { width, height, data }
}

const near = (value: number, expected: number, by: number) => expect(Math.abs(value - expected), `${value}, ${expected}`).toBeLessThanOrEqual(by)
/** By 1 % of the logarithm. */
const alikeRate = (value: number, expected: number) => near(Math.log(value), Math.log(expected), Math.max(1e-6, 0.01 * Math.abs(Math.log(expected))))

describe('cells', () => {
  test.each(cases('fingerprint/cells.json'))('$name', async ({ suspect, side, expected }) => {
    const found = measureCells(await prepared(suspect), suspect.matrix.flat(), side)
    if (!expected) return expect(found).toBeUndefined()
    const { row, column, means } = expected as { row: number; column: number; means: (number | null)[][] }
    expect([found!.row, found!.column, found!.rows, found!.columns]).toEqual([row, column, means.length, means[0]!.length])
    means.flat().forEach((mean, n) => {
      if (mean === null) expect(found!.means[n]).toBeNaN()
      else near(found!.means[n]!, mean, 0.01)
    })
  })
})

describe('tone', () => {
  test.each(cases('fingerprint/tone.json'))('$name', ({ signed, seen, inside, expected }) => {
    const values = (rows: number[][]) => Float64Array.from(rows.flat(), (value, n) => (inside.join('')[n] === '1' ? value : NaN))
    const found = explain({ rows: seen.length, columns: seen[0].length, signed: values(signed), seen: values(seen) })
    near(found.unexplained, expected.unexplained, 0.001)
    near(found.contrast, expected.contrast, 0.001)
  })
})

describe('whole comparisons', () => {
  const { references, offsets_of_half: offsets } = vector('fingerprint/compare.json')
  const signed = (name: string) => unpackLattice(fromHex(references[name]))!

  test.each(cases('fingerprint/compare.json'))('$name', async ({ reference, suspect, expected }) => {
    const found = compareLattice(signed(reference), await prepared(suspect), suspect.matrix.flat())
    expect([found.result, found.offsets, found.box]).toEqual([expected.result, expected.offsets, expected.box])
    near(found.bits, expected.bits, 1)
    near(found.bitErrorRate, expected.bit_error_rate, 0.005)
    near(found.share, expected.share, 0.005)
    near(found.unexplained, expected.unexplained, 0.005)
    alikeRate(found.errorRate, expected.error_rate)
  })

  test('part 1 at every offset of half', async () => {
    const { reference, suspect } = cases('fingerprint/compare.json').find(({ name }) => name === 'half')!
    const fingerprint = signed(reference)
    const found = offsetsOf(fingerprint, measureCells(await prepared(suspect), suspect.matrix.flat(), fingerprint.side)!)
    expect(found.map(({ row, column }) => [row, column])).toEqual(offsets.map((each: { place: number[] }) => each.place))
    found.forEach((each, n) => {
      near(each.weight, offsets[n].weight, 0.05)
      near(each.agreement, offsets[n].agreement, 0.05)
      near(each.evidence, offsets[n].evidence, Math.max(0.05, 0.01 * Math.abs(offsets[n].evidence)))
      alikeRate(Math.max(each.chance, 1e-300), Math.max(offsets[n].chance, 1e-300))
    })
  })
})
