/** @file Fills a workspace with runs, copied from one that was logged over HTTP, and a plain table of them for peers. */
import { join } from 'node:path'
import Sqlite from 'libsql'

const DAY = 86_400_000
const SPAN_DAYS = 500

/** One run of each team after the other, evenly over five hundred days until yesterday. */
export function fillRuns(folder: string, template: string, runs: number, teams: number, now: number): void {
  const db = new Sqlite(join(folder, 'capstan.db'))
  const columnsOf = (table: string) =>
    (db.prepare(`pragma table_info(${table})`).all() as { name: string }[]).map(({ name }) => name)
  const columns = columnsOf('runs')
  const curveColumns = columnsOf('metric_series')
  const row = db.prepare('select * from runs where id = ?').get(template) as Record<string, unknown>
  const series = db.prepare('select * from metric_series where run = ?').get(row.number) as Record<
    string,
    unknown
  >
  const insert = (table: string, names: readonly string[], into = db) =>
    into.prepare(`insert into ${table} (${names.join(',')}) values (${names.map(() => '?').join(',')})`)
  const insertRun = insert('runs', columns)
  const insertSeries = insert('metric_series', curveColumns)
  const insertTag = insert('run_tags', ['run', 'key', 'value'])
  const body = JSON.parse(String(row.body)) as Record<string, unknown> & { cost: Record<string, number> }
  // a file of its own, so that neither waits for the other
  const plain = new Sqlite(join(folder, 'peer.db'))
  plain.pragma('journal_mode = WAL')
  plain.pragma('synchronous = FULL')
  db.exec('begin')
  plain.exec('begin')
  plain.exec(`create table plain_runs (
    id text primary key, at integer not null, team text not null, state text not null, acc real, cost real, seconds real)`)
  const insertPlain = insert('plain_runs', ['id', 'at', 'team', 'state', 'acc', 'cost', 'seconds'], plain)
  for (let i = 0; i < runs; i++) {
    const [number, id] = [1000 + i, `run_bench_${String(i).padStart(6, '0')}`]
    const at = now - DAY - Math.round(((runs - i) / runs) * SPAN_DAYS * DAY)
    const instant = new Date(at).toISOString()
    const acc = 1 - Math.exp(-i / runs) + 0.1 * Math.sin(7.3 * i)
    const [amount, wallSeconds] = [1 + (i % 17), 60 + (i % 301)]
    const made = {
      ...{ ...body, id, number, createdAt: instant, startedAt: instant, endedAt: instant },
      cost: { ...body.cost, amount, wallSeconds },
    }
    const changed: Record<string, unknown> = {
      ...{ ...row, id, number, start_at: at, end_at: at, queued_at: instant, body: JSON.stringify(made) },
    }
    insertRun.run(...columns.map((name) => changed[name] as string))
    const curve: Record<string, unknown> = { ...series, run: number, latest_value: acc, latest_at: at }
    insertSeries.run(...curveColumns.map((name) => curve[name] as string))
    insertTag.run(number, 'team', `t${i % teams}`)
    insertPlain.run(id, at, `t${i % teams}`, 'finished', acc, amount, wallSeconds)
  }
  // what a team would index
  plain.exec('create index plain_by_team on plain_runs (team, at)')
  plain.exec('commit')
  plain.exec('analyze')
  plain.close()
  db.exec('commit')
  db.close()
}
