/** The files that a person can take away. None holds the picture, the file's name or anything about the person. */

import type { Speaker } from '../messages/index.ts'
import { BUILD } from './build.ts'
import { REQUEST_TYPE } from './formats.ts'
import type { Report } from './report.ts'

/** A time as requests have it: UTC, with microseconds. */
function requestTime(moment: Date): string {
  return moment.toISOString().replace(/\.(\d{3})Z$/, '.$1000Z')
}

/** An unsigned request for what a producer's registry has of one stamp: see docs/requests.md. */
export function writeRequest(stampId: string, recipient: string | null, moment: Date): string {
  const payload = {
    type: REQUEST_TYPE,
    stamp_id: stampId,
    part: 'public',
    issued: requestTime(moment),
    recipient,
    case: null,
    legal_basis: null,
    purpose: null,
    requester: null,
  }
  return `${JSON.stringify({ payload, signature: null }, null, 1)}\n`
}

export function writeResult(report: Report): string {
  const { verdict, pdq, size, shrunk, unread } = report
  const tool = { name: 'provenance page', version: BUILD.version }
  return `${JSON.stringify({ type: 'provenance.page-result.1', tool, verdict, pdq: pdq ?? null, size: size ?? null, shrunk, credentials_unread: unread }, null, 1)}\n`
}

export function writeSheet(report: Report, found: readonly string[], speaker: Speaker, moment: Date): string {
  const { say } = speaker
  const { marks, verdict, pdq } = report
  const { origin } = verdict
  const rows: [string, string | undefined][] = [
    [say('digest'), verdict.sha256 ?? undefined],
    [say('producer'), origin?.producer],
    [say('model'), origin?.model ? `${origin.model} ${origin.model_version ?? ''}`.trim() : undefined],
    [say('made'), origin?.created ? speaker.time(new Date(origin.created)) : undefined],
    ...stampIds(report).map((id): [string, string] => [say('stamp'), id]),
    ...marks.map((mark): [string, string | undefined] => [say('producer'), mark.producer === undefined ? undefined : say('producerNumber', { number: mark.producer })]),
    ...marks.map((mark): [string, string | undefined] => [say('made'), mark.created && say('madeSays', { time: speaker.time(new Date(mark.created)) })]),
    [say('pdq'), pdq && `${pdq.hash} (${say('pdqQuality', { quality: pdq.quality })})`],
    [say('sheetTool'), `provenance page ${BUILD.version}`],
  ]
  const listed = rows.flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []))
  const findings = verdict.evidence.map((each) => `- ${each.finding}${each.says ? ` (${each.says})` : ''}`)
  const next = say(stampIds(report).length ? 'sheetSteps' : 'sheetStepsNone')
  const parts = [
    say('sheetTitle'),
    `${say('sheetWritten', { time: speaker.time(moment) })} ${say('sheetNoPicture')}`,
    listed.join('\n'),
    [`${say('sheetFound')}:`, ...found, ...findings].join('\n'),
    `${say('sheetNext')}:\n${next}`,
  ]
  return `${parts.join('\n\n')}\n`
}

/** Every stamp id that verdict and marks name, each once. */
export function stampIds({ verdict, marks }: Report): string[] {
  const ids = [verdict.origin?.stamp_id, ...marks.map((mark) => mark.stampId)]
  return [...new Set(ids.filter((id): id is string => typeof id === 'string'))]
}
