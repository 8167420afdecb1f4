/** @file What dashboards do: SQL over a table of runs, computed at every read; in this process, without HTTP. */
import { join } from 'node:path'
import Sqlite from 'libsql'
import type { Definition } from './definitions.ts'

export interface SqlPeer {
  value(asked: Definition): unknown
  history(asked: Definition): unknown[]
  insert(at: number, acc: number): void
  close(): void
}

const DAY = 86_400_000
const folds = {
  max: (field: string) => `max(${field})`,
  mean: (field: string) => `avg(${field})`,
  sum: (field: string) => `sum(${field})`,
  count: () => 'count(*)',
  rate: () => 'count(*) / 30.0',
} as const

export function openSql(folder: string): SqlPeer {
  const db = new Sqlite(join(folder, 'peer.db'))
  db.pragma('synchronous = FULL')
  const statements = new Map<string, ReturnType<typeof db.prepare>>()
  const prepared = (text: string) => {
    const known = statements.get(text) ?? db.prepare(text)
    statements.set(text, known)
    return known
  }
  const from = (field: string) => `from plain_runs where team = ? and state = 'finished' and ${field} >= ?`
  return {
    value({ team, statistic, field, days, least }) {
      if (statistic === 'latest') {
        return prepared(`select ${field} as v ${from(field)} order by at desc limit 1`).get(team, least)
      }
      if (statistic === 'median') {
        const { n } = prepared(`select count(*) as n ${from(field)}`).get(team, least) as { n: number }
        return prepared(
          `select avg(v) as v from (select ${field} as v ${from(field)} order by ${field} limit ? offset ?)`,
        ).get(team, least, n % 2 === 1 ? 1 : 2, Math.floor((n - 1) / 2))
      }
      const since = days === null ? 0 : Date.now() - days * DAY
      return prepared(`select ${folds[statistic](field)} as v ${from(field)} and at >= ?`).get(
        team,
        least,
        since,
      )
    },
    history({ team, statistic, field, days, least }) {
      const range =
        days === null ? 'rows unbounded preceding' : `range between ${days * DAY} preceding and current row`
      // SQL has no running median; the mean stands in for it
      const fold =
        statistic === 'latest' ? field : `${folds[statistic === 'median' ? 'mean' : statistic](field)}`
      const text =
        statistic === 'latest'
          ? `select id, at, ${field} as v ${from(field)} order by at`
          : `select id, at, ${fold.replace(/\)/, `) over (order by at ${range})`)} as v ${from(field)} order by at`
      return prepared(text).all(team, least)
    },
    insert(at, acc) {
      prepared('insert or replace into plain_runs values (?, ?, ?, ?, ?, ?, ?)').run(
        ...[`run_event_${at}`, at, 't0', 'finished', acc, 1, 60],
      )
    },
    close: () => db.close(),
  }
}
