/** @file `capstan rerun`: repeats a run and says whether the results are equal, and where not. */
import type { Repetition } from '@capstan/api'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { asideOf, attachToEnd } from '../runs/attach.ts'
import { findRun } from '../runs/find.ts'
import { formatIn } from '../terminal/format.ts'

export interface RerunOptions {
  workspace: string
  tolerance: number
  ignore: string[]
  detach?: boolean
  json?: boolean
}

const MOST_LINES = 12

/** @returns 0 when the results are equal or near, 1 when they differ */
export async function rerun(context: Context, reference: string, options: RerunOptions): Promise<number> {
  const { say, screen } = context
  const connection = await connect(context, options.workspace, { workers: 1, mustExist: true })
  try {
    const { client } = connection
    const original = await findRun(client, reference)
    const again = await client.runs.rerun({ params: { id: original.id }, body: {} })
    const aside = asideOf(context)
    aside.line(aside.paint('dim', say('rerun.begun', { run: again.number, original: original.number })))
    if (options.detach && !connection.own) return 0
    await attachToEnd(context, connection, again.id)
    if (context.signal.aborted) return 130
    const found = await client.runs.repetition({
      params: { id: again.id },
      query: { relative: options.tolerance, ignore: options.ignore.join(',') },
    })
    if (options.json) screen.line(JSON.stringify(found, null, 2))
    else tell(context, found)
    return found.verdict === 'different' ? 1 : 0
  } finally {
    await connection.close()
  }
}

function tell(context: Context, found: Repetition): void {
  const { say, screen, language } = context
  const format = formatIn(language, 'CNY')
  const style = { identical: 'good', near: 'good', different: 'bad', nothing: 'warn' } as const
  screen.line(screen.paint(style[found.verdict], say(`rerun.${found.verdict}`)))
  const some = <T>(list: readonly T[], line: (item: T) => [string, string]) => {
    screen.rows(list.slice(0, MOST_LINES).map(line))
    if (list.length > MOST_LINES) screen.line(say('rerun.more', { n: list.length - MOST_LINES }))
  }
  const short = (text: string | null) =>
    text === null ? '-' : text.length > 60 ? `${text.slice(0, 57)}…` : text
  some(found.causes, ({ area, key, before, after }) => [
    say(`rerun.area.${area}`),
    `${key ? `${key}: ` : ''}${short(before)} → ${short(after)}`,
  ])
  if (!found.ending.equal)
    screen.rows([[say('runs.state'), `${found.ending.before} → ${found.ending.after}`]])
  some(
    found.metrics.filter(({ equal }) => equal !== 'identical'),
    ({ key, before, after, departsAt, largest }) => [
      key,
      say('rerun.metric', {
        before: before === null ? '-' : String(before),
        after: after === null ? '-' : String(after),
        step: departsAt ?? '-',
        largest: largest === null ? '∞' : format.number(largest, 8),
      }),
    ],
  )
  some(found.artifacts.different, ({ path, before, after }) => [
    say('rerun.artifact'),
    `${path}: ${before?.slice(0, 12) ?? '-'} → ${after?.slice(0, 12) ?? '-'}`,
  ])
  const equal = found.metrics.filter((metric) => metric.equal === 'identical').length
  screen.line(screen.paint('dim', say('rerun.equal', { metrics: equal, artifacts: found.artifacts.equal })))
}
