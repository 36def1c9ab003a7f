import { sha256 } from '@noble/hashes/sha2.js'
import { expect, test } from 'vitest'
import { deriveSeal, lattice, packLattice, pdq, pdqDistance, pdqOrientations, seal, unpackLattice, unseal } from '../src/fingerprint/index.ts'
import { fromHex, toHex } from '../src/watermark/format/payload.ts'
import { byName } from './pictures.ts'
import { cases } from './vectors.ts'

/** Bits by which rounding may move a hash. */
const NEARLY = 4

const byFormula = cases('fingerprint/pdq.json').filter(({ picture }) => picture.startsWith('procedural'))

test.each(byFormula)('PDQ of $picture', ({ picture, sha256: digest, hex, quality }) => {
  const made = byName(picture)
  expect(toHex(sha256(Uint8Array.from<number>(made.data)))).toBe(digest)
  const found = pdq(made)
  expect(toHex(found.hash)).toBe(hex)
  expect(found.quality).toBe(quality)
})

test.each(byFormula)('PDQ of $picture in its eight orientations', ({ picture, dihedral }) => {
  const found = pdqOrientations(byName(picture))
  for (const hex of dihedral) {
    expect(Math.min(...found.map((hash) => pdqDistance(hash, fromHex(hex))))).toBeLessThanOrEqual(NEARLY)
  }
})

test.each(cases('fingerprint/seal.json'))('seal of $payload', async ({ payload, lock, salt, key, nonce, packed, text }) => {
  const [mark, bytes, fresh] = [fromHex(payload), fromHex(lock), fromHex(salt)]
  const derived = deriveSeal(mark, bytes, fresh)
  expect([toHex(derived.key), toHex(derived.nonce)]).toEqual([key, nonce])
  const opened = (await unseal(text, mark, bytes))!
  expect(toHex(packLattice(opened))).toBe(packed)
  expect(await seal(opened, mark, bytes, fresh)).toBe(text)
})

test('what the mark does not open stays shut', async () => {
  const { payload, lock, text } = cases('fingerprint/seal.json')[0]!
  const [mark, bytes] = [fromHex(payload), fromHex(lock)]
  expect(await unseal(text, mark, Uint8Array.of(1, 2, 3))).toBeUndefined()
  for (const broken of ['none', text.slice(0, -1), `${text}=`, text.replace('lattice3', 'lattice2'), 'lattice3:']) {
    expect(await unseal(broken, mark, bytes)).toBeUndefined()
  }
})

test.each(cases('fingerprint/layout.json'))('lattice of $picture', ({ picture, packed }) => {
  const found = packLattice(lattice(byName(picture)))
  expect(toHex(found)).toBe(packed)
  expect(packLattice(unpackLattice(found)!)).toEqual(found)
})
