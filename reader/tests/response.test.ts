/** V14 and V15: directories, responses with their faults, and what several say together. */

import { describe, expect, test } from 'vitest'
import { toUtf8 } from '../src/bytes/text.ts'
import { readPem } from '../src/certificates/certificate.ts'
import { Directories } from '../src/directory/directories.ts'
import { readDirectory } from '../src/directory/file.ts'
import { nameKey } from '../src/directory/names.ts'
import { check, readResponse, revocationOf, together, type ManifestSigner } from '../src/response/index.ts'
import { cases, vector } from './vectors.ts'

const anchorsOf = (pems: string[]) => pems.flatMap(readPem)

describe('directories', () => {
  const { anchors, directory_anchors: directoryAnchors, name_anchors: nameAnchors, files } = vector('directory/directory.json')
  const trust = {
    directoryAnchors: anchorsOf(directoryAnchors.map((name: string) => anchors[name])),
    nameAnchors: anchorsOf(nameAnchors.map((name: string) => anchors[name])),
  }

  test.each(cases('directory/directory.json', 'files'))('$name', async ({ file, expected }) => {
    const asked = readDirectory(toUtf8(file), trust)
    if (!expected.read) return expect(asked).rejects.toMatchObject({ code: expected.code })
    const { standing, signer, entries } = await asked
    expect({
      read: true,
      standing,
      signer_sha256: signer.sha256,
      entries: entries.map(({ number, name }) => [number, name]),
    }).toEqual(expected)
  })

  test.each(cases('directory/directory.json', 'together'))('$name', async ({ files: names, expected }) => {
    const bytes = names.map((name: string) => toUtf8(files.find((each: { name: string }) => each.name === name).file))
    const asked = Directories.read(bytes, trust)
    if (!expected.usable) return expect(asked).rejects.toMatchObject({ code: expected.code })
    const found = await asked
    for (const { number, names: counting } of expected.counting) expect(found.counting(number).map(({ entry }) => entry.name)).toEqual(counting)
    for (const { number, name } of expected.named) expect(found.named(number)?.name ?? null).toBe(name)
  })

  test.each(cases('directory/directory.json', 'names'))('$one, $other', ({ one, other, equal }) => {
    expect(nameKey(one) === nameKey(other)).toBe(equal)
  })
})

describe('responses', () => {
  const { directories, directory_anchors: anchors, now } = vector('response/response.json')
  const trust = { directoryAnchors: anchorsOf(anchors), nameAnchors: [] }
  /** The manifest of a vector is none: whose it is counts as the entry's. */
  const signers = async (names: string[]): Promise<ManifestSigner[]> => {
    const found = await Directories.read(names.map((name) => toUtf8(directories[name])), trust)
    return found.files.map(({ signer }) => () => Promise.resolve([signer]))
  }

  test.each(cases('response/response.json'))('$name', async ({ file, directories: names, expected }) => {
    const read = () => readResponse(toUtf8(file))
    if (!expected.read) return expect(read).toThrow(expect.objectContaining({ code: expected.code }))
    const response = read()
    const at = await Directories.read(names.map((name: string) => toUtf8(directories[name])), trust)
    const passed = await Promise.all((await signers(names)).map((signer) => check(response, at, new Date(now), signer)))
    const found = passed.find(({ fault }) => fault !== 'signer') ?? (await check(response, at, new Date(now), () => Promise.resolve(undefined)))
    const { payload, envelope } = response
    const named = found.listed && !at.hasNamesake(found.listed) ? found.listed.entry.name : null
    expect({
      read: true,
      stamp_id: payload.stamp_id,
      outcome: payload.outcome,
      as_of: payload.as_of,
      sha256: envelope.sha256,
      fault: found.fault,
      producer: named,
      signer_sha256: envelope.signature?.certificates[0]!.sha256 ?? null,
    }).toEqual(expected)
  })
})

describe('several responses', () => {
  const { directory, signer, now } = vector('response/several.json')

  test.each(cases('response/several.json'))('$name', async ({ files, faults, status }) => {
    const at = await Directories.read([toUtf8(directory)], { directoryAnchors: [], nameAnchors: [] })
    const [ours] = readPem(signer)
    const checked = await Promise.all(files.map((file: string) => check(readResponse(toUtf8(file)), at, new Date(now), () => Promise.resolve([ours!]))))
    const found = together(checked)
    expect(found.map(({ fault }) => fault)).toEqual(faults)
    const stamp = checked[0]?.response.payload.stamp_id ?? '000000000000000000000000'
    const said = await revocationOf(stamp, [ours!], found)
    const since = said.revocation === 'revoked' ? said.since : null
    expect({ revocation: said.revocation, as_of: 'asOf' in said ? said.asOf : null, since }).toEqual(status)
  })
})
