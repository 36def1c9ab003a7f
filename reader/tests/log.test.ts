/** V13: the log's tree, proofs, entries, checkpoints and keys. */

import { describe, expect, test } from 'vitest'
import { fromHex, toHex, toUtf8 } from '../src/bytes/text.ts'
import { ReaderError } from '../src/errors.ts'
import { entryOf, record, revocation } from '../src/log/entries.ts'
import { cosignedAt, isSigned, logKey, readCheckpoint, readLogKey, readWitnessKey } from '../src/log/notes.ts'
import { continues, includes, leafHash, rootOf } from '../src/log/tree.ts'
import { sha256 } from '@noble/hashes/sha2.js'
import { cases, vector } from './vectors.ts'

const bytes = (text: string) => fromHex(text) ?? new Uint8Array()
const all = (list: string[]) => list.map(bytes)

describe('the tree of Certificate Transparency', () => {
  const { leaves, roots, inclusion, consistency } = vector('log/tree.json')
  const hashes = leaves.map((leaf: string) => leafHash(bytes(leaf)))
  const root = (size: number) => bytes(roots[size])

  test('its roots', () => {
    roots.forEach((expected: string, size: number) => expect(toHex(rootOf(hashes.slice(0, size)))).toBe(expected))
  })
  test('its proofs', () => {
    for (const { index, size, proof } of inclusion) expect(includes(hashes[index], BigInt(index), BigInt(size), all(proof), root(size))).toBe(true)
    for (const { old, new: next, proof } of consistency) expect(continues(BigInt(old), BigInt(next), all(proof), root(old), root(next))).toBe(true)
  })
})

describe('proofs of inclusion', () => {
  test.each(cases('log/proofs.json', 'inclusion'))('$name', ({ leaf_hash: leaf, index, size, proof, root, holds }) => {
    expect(includes(bytes(leaf), BigInt(index), BigInt(size), all(proof), bytes(root))).toBe(holds)
  })
})

describe('proofs of consistency', () => {
  test.each(cases('log/proofs.json', 'consistency'))('$name', ({ old, new: next, proof, old_root: from, new_root: to, holds }) => {
    expect(continues(BigInt(old), BigInt(next), all(proof), bytes(from), bytes(to))).toBe(holds)
  })
})

describe('entries', () => {
  const read = (leaf: { type?: string }) => (leaf.type === 'provenance.revocation.1' ? revocation(leaf as never) : record(leaf as never))

  test.each(cases('log/entries.json'))('$name', ({ leaf, store, entry, leaf_hash: hash }) => {
    const read1 = () => {
      const found = read(leaf)
      if ('store_sha256' in found && found.store_sha256 !== toHex(sha256(bytes(store)))) throw new Error('another manifest')
      return entryOf(found)
    }
    if (entry === null) return expect(read1).toThrow()
    expect([toHex(read1()), toHex(leafHash(read1()))]).toEqual([entry, hash])
  })

  test('the leaf that is spelled by hand', () => {
    const { record: fields, store, leaf, leaf_hash: hash } = vector('log/leaf.json')
    const found = entryOf(record({ ...fields, store_sha256: toHex(sha256(bytes(store))), type: 'provenance.record.1' }))
    expect([found, toHex(leafHash(found))]).toEqual([toUtf8(leaf), hash])
  })
})

describe('notes', () => {
  const { log_key: log, witness_key: witness, refused_keys: refused } = vector('log/notes.json')
  const cosigned = (note: string) => {
    try {
      return cosignedAt(readCheckpoint(note), readWitnessKey(witness)) ?? null
    } catch (error) {
      return (error as ReaderError).code
    }
  }

  test.each(cases('log/notes.json'))('$name', ({ note, expected }) => {
    if (!expected.read) return expect(() => readCheckpoint(note)).toThrow(expect.objectContaining({ code: expected.code }))
    const found = readCheckpoint(note)
    expect({
      read: true,
      log: found.origin,
      size: Number(found.size),
      root: toHex(found.root),
      signed: isSigned(found, readLogKey(log)),
      cosigned: cosigned(note),
    }).toEqual(expected)
  })

  test('keys that are none', () => {
    for (const key of refused) {
      expect(() => [readLogKey(key), readWitnessKey(key)], key).toThrow(ReaderError)
    }
  })

  test('published by others, and ours under a fixed key', () => {
    const { specified, own } = vector('log/checkpoint.json')
    for (const each of [specified, own]) {
      const { origin, size, root } = readCheckpoint(each.text)
      expect([origin, Number(size), toHex(root)]).toEqual([each.log, each.size, each.root])
    }
    expect(isSigned(readCheckpoint(own.text), logKey(own.log, bytes(own.public_key)))).toBe(true)
  })
})
