/** Findings: what each piece of evidence is worth, in a sentence, with its codes. */

import { moment } from '../film/film.ts'
import type { Gathered } from './gather.ts'
import type { Decision } from './decide.ts'
import type { Examination, Mark } from './examine.ts'
import type { Manifest, Reason } from './evidence.ts'
import type { Piece } from './reasons.ts'
import { NAMED_BY_ITSELF, type Finding, type Layer, type MarkedRegion } from './types.ts'

const MANIFEST: Readonly<Partial<Record<Reason, string>>> = {
  proved: 'The signature holds, its certificate is one that counts here, and every byte that it covers is as it was signed.',
  damaged: 'The credentials in the file do not hold: something that was signed was changed, or they can not be read.',
  unbound: 'The credentials are tied to no bytes, so they may have been moved here from another file.',
  untrusted: 'The credentials hold, but nobody who counts here vouches for who signed them.',
  name_of_another: 'A directory lists the name of the signer for another certificate, so the name proves nothing.',
  number_of_another: 'The signer states the number of another producer.',
  revoked: 'The certificate of the signer was revoked, and nothing proves that it signed before.',
  stamp_revoked: 'The producer revoked this stamp.',
  times_differ: 'The signer states two times that differ.',
}

const STAMP: Readonly<Partial<Record<Reason, string>>> = {
  proved: 'The mark leads to a signed statement, and the picture shows what was signed.',
  untrusted: 'The mark leads to a statement, but nobody who counts here vouches for who signed it.',
  not_repeated: 'The mark leads to a statement that does not repeat the bits of the mark.',
  name_of_another: 'The mark leads to a statement whose signer bears the name of another.',
  number_of_another: 'The mark leads to a statement whose signer has another number than the mark.',
  number_unknown: 'No directory at hand says who holds the number of the mark.',
  number_lapsed: 'The directory entry for the number of the mark did not hold at the time that is stated.',
  revoked: 'The certificate of who signed for the mark was revoked.',
  stamp_revoked: 'The producer revoked the stamp of this mark.',
  times_differ: 'The mark and what was signed for it state times that differ.',
  version_unknown: 'The layout of the mark is not known here.',
  unrecorded: 'Nothing at hand says what was signed with the mark. Its producer can be asked.',
  content_far: 'The picture shows something else than what was signed: the mark was moved here from another picture.',
  content_unsure: 'Too little of the picture can be compared with what was signed.',
}

const SEARCHED = {
  on: 'A mark proves nothing, so the search for others went on to its end.',
  all: 'The search for marks went on to its end.',
} as const

const FILM = 'The file is a film. Some of its frames were looked at: all of these together, a few alone, and parts. What is said of the mark holds for them.'
const MOVING = 'This is a moving picture, and its first frame alone was looked at. What is said of mark and content holds for that frame; where the others come from is unknown.'
const FILM_MARKED = 'The mark was seen in frames between these moments. Compression takes it out of most frames, so it may reach further.'

const OWN_WORD = ' The name is the own word of the signer, by a directory entry that it made for itself: nobody else confirms it. Before anybody relies on the name, that directory has to be compared with its owner.'

/** Of such a statement it does not matter what the picture shows. */
const WORTHLESS: readonly Reason[] = ['untrusted', 'not_repeated', 'version_unknown']

const CONTENT = {
  near: ['near', 'The picture shows what was signed. A picture can be built on purpose to come as near: compare it with the one that was stamped before anybody is accused.'],
  far: ['far', 'The picture does not show what was signed.'],
  inconclusive: ['inconclusive', 'Whether the picture shows what was signed can not be told.'],
  'not compared': ['not_compared', 'The picture was not compared with what was signed.'],
  bound: ['bound', 'Not compared, as the bytes of the file are those that were signed.'],
} as const

function finding(layer: Layer, sentence: string, codes: readonly string[], more: Partial<Finding> = {}): Finding {
  return { layer, finding: sentence, says: null, codes, region: null, false_positive_probability: null, ...more }
}

export function findingsOf(examination: Examination, gathered: Gathered, decision: Decision, searched: 'on' | 'all' | undefined): Finding[] {
  const { own } = gathered
  const found = decision.pieces.flatMap((piece) => (piece.mark ? [] : [manifestFinding(piece, own[0]?.failures ?? [])]))
  if (examination.store && !own.length) {
    found.push(finding('manifest', 'The file carries credentials that were not looked at here: they may name an origin, or show that the file was changed.', ['manifest.unsupported']))
  }
  if (examination.remote) {
    found.push(finding('manifest', 'The file only points to credentials elsewhere, which were not fetched.', ['manifest.remote']))
  }
  found.push(...filmFindings(examination))
  for (const mark of examination.marks) {
    found.push(markFinding(mark))
    for (const piece of decision.pieces.filter((each) => each.mark?.payload === mark.stampId)) found.push(...stampFindings(piece, gathered))
  }
  if (searched && examination.marks.length) found.push(finding('watermark', SEARCHED[searched], [`watermark.searched_${searched}`]))
  found.push(...responseFindings(examination, gathered))
  if (gathered.evidence.similar) {
    found.push(finding('fingerprint', 'The picture looks like one that a response at hand is about. It may be a copy of it, or its source.', ['fingerprint.similar']))
  }
  if (decision.origin?.match === 'exact') found.push(finding('registry', 'The producer recorded the digest of this very file.', ['record.same_file']))
  if (examination.failure) found.push(finding('watermark', `The pixels were not examined: ${examination.failure.message}`, ['pixels.not_examined']))
  return found
}

/** How much of a film was looked at, and between which moments the mark was seen. */
function filmFindings({ film, moves }: Examination): Finding[] {
  if (moves) return [finding('watermark', MOVING, ['pixels.frames'], { says: '1' })]
  if (!film) return []
  const { shots, frames, marked } = film
  const looked = finding('watermark', FILM, ['film.frames'], { says: frames === null ? `${shots.length}` : `${shots.length} / ${frames}` })
  if (!marked) return [looked]
  return [looked, finding('watermark', FILM_MARKED, ['film.marked'], { says: `${moment(marked.from)}\u2013${moment(marked.to)}, stamp ${marked.stampId}` })]
}

function saysOf({ producer_name: name, model, model_version: version, created, payload }: Manifest): string {
  const made = [model, version].filter(Boolean).join(' ')
  const parts = [name && `by "${name}"`, made && `with "${made}"`, created && `at ${created.slice(0, 19)}Z`, payload && `stamp ${payload}`]
  return parts.filter(Boolean).join(', ')
}

function manifestFinding({ reason, manifest }: Piece, failures: readonly string[]): Finding {
  const own = ownWord(reason, manifest)
  const codes = [`manifest.${reason}`, ...own.codes, ...failures]
  return finding('manifest', (MANIFEST[reason] ?? `The credentials in the file: ${reason}.`) + own.sentence, codes, { says: saysOf(manifest!) || null })
}

function ownWord(reason: Reason, manifest: Manifest | null): { codes: string[]; sentence: string } {
  return reason === 'proved' && manifest?.self_named ? { codes: [NAMED_BY_ITSELF], sentence: OWN_WORD } : { codes: [], sentence: '' }
}

function regionOf({ corners, coverage }: { corners: readonly (readonly [number, number])[]; coverage: number }): MarkedRegion {
  return { corners, coverage }
}

function markFinding({ key, fields, created, stampId, detection }: Mark): Finding {
  const who = fields ? `producer number ${fields.producer}, model number ${fields.model}, ${created!.toISOString().slice(0, 16)}Z, ` : ''
  const sentence =
    key === 'public'
      ? 'The picture carries a mark. Anybody can write one with the public key: alone it proves nothing.'
      : 'The picture carries a mark by a secret key. Whoever holds the key can write one.'
  const more = { says: `${who}stamp ${stampId}`, region: regionOf(detection.region), false_positive_probability: detection.falsePositiveProbability }
  return finding('watermark', sentence, [`watermark.${key}`], more)
}

function stampFindings(piece: Piece, { comparisons, sealed }: Gathered): Finding[] {
  const { reason, manifest, candidate, region } = piece
  const about = { says: manifest && (saysOf(manifest) || null), region: region ? regionOf(region) : null }
  const own = ownWord(reason, manifest)
  const stamp = finding('registry', (STAMP[reason] ?? `The mark: ${reason}.`) + own.sentence, [`stamp.${reason}`, ...own.codes], about)
  if (!candidate || WORTHLESS.includes(reason)) return [stamp]
  const [code, sentence] = CONTENT[candidate.content]
  const compared = comparisons.get(candidate)?.comparison
  const rate = compared && compared.result !== 'inconclusive' ? ` Chance gives as good a likeness at most once in ${Math.round(1 / compared.errorRate).toLocaleString('en')} comparisons.` : ''
  const codes = [`fingerprint.${code}`, ...(sealed.has(candidate) ? ['fingerprint.sealed'] : [])]
  return [stamp, finding('fingerprint', sentence + (compared?.result === 'near' ? rate : ''), codes)]
}

function responseFindings({ marks }: Examination, { responses, unread, like, evidence }: Gathered): Finding[] {
  const stamps = new Set([...like, ...marks.map(({ stampId }) => stampId), ...(evidence.manifest?.payload ? [evidence.manifest.payload] : [])])
  const found = responses.map(({ response: { payload }, fault, listed }) => {
    if (!stamps.has(payload.stamp_id)) return finding('registry', 'A response at hand is about another stamp, and was not used.', ['response.other_stamp'])
    if (fault) return finding('registry', `A response about this stamp was not used: ${fault}.`, [`response.${fault}`])
    const who = listed?.entry.name ?? 'The producer'
    const asOf = `As of ${payload.as_of.slice(0, 10)}; what happened since is unknown.`
    if (payload.revocation) return finding('registry', `${who} answered that it revoked the stamp. ${asOf}`, ['response.revoked'])
    if (payload.outcome === 'found') return finding('registry', `${who} answered with what was signed. ${asOf}`, ['response.found'])
    if (payload.outcome === 'none') return finding('registry', `${who} states that it has no such stamp, which proves nothing. ${asOf}`, ['response.none'])
    return finding('registry', `${who} refuses to answer: ${payload.reason ?? ''}`, ['response.refused'])
  })
  const broken = unread ? [finding('registry', `Of the responses at hand, ${unread} can not be read.`, ['response'])] : []
  return [...found, ...broken]
}
