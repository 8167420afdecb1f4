/** @file Fills a workspace with tasks, decisions and risks, copied from ones that were made over HTTP; and plain tables for peers. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'libsql'

export interface Amounts {
  tasks: number
  decisions: number
  risks: number
}

type Row = Record<string, unknown> & { id: string }

/** Deterministic, and spread evenly enough. */
const spread = (i: number, salt: number): number => {
  const x = Math.sin(i * 12.9898 + salt * 78.233) * 43_758.5453
  return x - Math.floor(x)
}

export function fillPlan(folder: string, { tasks, decisions, risks }: Amounts): void {
  const db = new Sqlite(join(folder, 'capstan.db'))
  const read = (table: string) =>
    (db.prepare(`select id, body from ${table}`).all() as { id: string; body: string }[]).map(
      ({ body }) => JSON.parse(body) as Row,
    )
  const put = (table: string, rows: readonly Row[]) => {
    const statement = db.prepare(`insert into ${table} (id, revision, body) values (?, 1, ?)`)
    for (const row of rows) statement.run(row.id, JSON.stringify(row))
  }
  const members = read('members').map(({ id }) => id)
  const initiatives = read('initiatives').map(({ id }) => id)
  const templates = {
    task: read('tasks')[0]!,
    decision: read('decisions')[0]!,
    risk: read('risks')[0]!,
  }
  const now = Date.now()
  const ago = (days: number) => new Date(now - days * 86_400_000).toISOString()
  const madeTasks = Array.from({ length: tasks }, (_, i): Row => {
    const done = i % 2 === 0
    const estimateDays = 1 + Math.floor(8 * spread(i, 1))
    return {
      ...templates.task,
      ...{ id: `task_bench_${i}`, title: `Task ${i}`, estimateDays },
      initiativeId: initiatives[i % initiatives.length],
      assigneeId: members[i % members.length],
      state: done ? 'done' : i % 4 === 1 ? 'doing' : 'todo',
      actualDays: done ? estimateDays * (0.6 + 1.4 * spread(i, 2)) : null,
      doneAt: done ? ago(1 + Math.floor(300 * spread(i, 3))) : null,
      createdAt: ago(400),
    }
  })
  const madeDecisions = Array.from({ length: decisions }, (_, i): Row => {
    const chance = Math.round(100 * spread(i, 4)) / 100
    return {
      ...templates.decision,
      ...{ id: `decision_bench_${i}`, title: `Decision ${i}`, expectation: { chance }, score: null },
      outcome: { met: spread(i, 5) < chance, at: ago(1) },
    }
  })
  const madeRisks = Array.from({ length: risks }, (_, i): Row => {
    const low = 1000 * (1 + 9 * spread(i, 6))
    return {
      ...templates.risk,
      ...{ id: `risk_bench_${i}`, name: `Risk ${i}` },
      frequency: { alpha: 1 + 3 * spread(i, 7), beta: 2 + 6 * spread(i, 8) },
      loss: { kind: 'lognormal', low, high: low * (4 + 12 * spread(i, 9)) },
    }
  })
  db.exec('begin')
  put('tasks', madeTasks)
  put('decisions', madeDecisions)
  put('risks', madeRisks)
  db.exec('commit')
  db.close()
  writeFileSync(
    join(folder, 'plain.json'),
    JSON.stringify({ tasks: madeTasks, decisions: madeDecisions, risks: madeRisks }),
  )
}
