/** The verdict in the words of whoever holds the picture. */

import type { Speaker } from '../../messages/index.ts'
import { moment } from '../../../src/film/film.ts'
import { NAMED_BY_ITSELF } from '../../../src/verdict/types.ts'
import type { Report } from '../report.ts'

/** Of a mark that covers less than this share of the picture, the sentence speaks of a part. */
const WHOLE = 0.7

/** The first sentence, and what it means. */
export function sayVerdict(speaker: Speaker, report: Report): { first: string; rest: string[] } {
  const { say, share } = speaker
  const { verdict, marks } = report
  const notes = sayNotes(speaker, report)
  const film = Boolean(verdict.film)
  switch (verdict.state) {
    case 'attributed':
      return { first: sayOrigin(speaker, report), rest: [...sayMeaning(speaker, report), ...notes] }
    case 'claimed': {
      const coverage = Math.max(0, ...marks.map((mark) => mark.coverage))
      const part = coverage < WHOLE
      const marked = part ? say(film ? 'filmPart' : 'claimedPart', { share: share(coverage) }) : say(film ? 'filmMark' : 'claimedMark')
      return { first: marks.length ? marked : say(film ? 'filmClaimed' : 'claimed'), rest: [say('claimedMeans'), ...notes] }
    }
    case 'similar':
      return { first: say('similar'), rest: [say('similarMeans'), ...notes] }
    case 'conflict':
      return { first: say('conflict'), rest: [say('conflictMeans'), ...notes] }
    case 'tampered':
      return { first: say('tampered'), rest: [say('tamperedMeans'), ...notes] }
    default:
      return report.unread ? { first: say('unreadAlone'), rest: notes } : { first: say(film ? 'filmNone' : 'none'), rest: [say('noneMeans'), ...notes] }
  }
}

function sayOrigin({ say, share }: Speaker, { verdict: { origin, film, evidence }, marks }: Report): string {
  const producer = origin?.producer ?? ''
  if (origin?.match === 'exact') return say('attributedExact', { producer })
  if (origin?.match === 'bound') return say('attributedBound', { producer })
  const coverage = marks.find((mark) => mark.stampId === origin?.stamp_id)?.coverage ?? 1
  if (coverage < WHOLE) return say(film ? 'filmOwnPart' : 'attributedPart', { producer, share: share(coverage) })
  if (evidence.some(({ codes }) => codes.includes('pixels.frames'))) return say('movingDerived', { producer })
  return say(film ? 'filmDerived' : 'attributedDerived', { producer })
}

function sayMeaning({ say }: Speaker, { verdict: { origin, evidence } }: Report): string[] {
  const producer = origin?.producer ?? ''
  const own = evidence.some(({ codes }) => codes.includes(NAMED_BY_ITSELF))
  const derived = origin?.match === 'derived'
  return [say('attributedMeans'), ...(own ? [say('attributedOwnWord', { producer })] : []), ...(derived ? [say('attributedLater', { producer })] : [])]
}

/** What was not done, and what was done besides: to very large pictures, to films, to negatives. */
function sayNotes({ say, share }: Speaker, { verdict, marks, shrunk, size, unread }: Report): string[] {
  const notes: string[] = []
  if (unread && verdict.state !== 'none') notes.push(say('unreadBesides'))
  if (unread) notes.push(say('unreadHow'))
  if (verdict.film) notes.push(say('filmNote', { count: verdict.film.looked_at }))
  if (verdict.film?.marked) {
    const { from, to, share: length } = verdict.film.marked
    notes.push(say('filmMarked', { from: moment(from), to: moment(to), share: share(length) }))
  }
  if (shrunk && size) notes.push(say('shrunkNote', { width: size.width, height: size.height }))
  if (marks.some((mark) => mark.inverted)) notes.push(say('inverted'))
  return notes
}
