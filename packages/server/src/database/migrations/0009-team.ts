/** @file Migration 9: order and dates of tasks, comments, notices with inboxes, webhooks with their outbox, calendar feeds. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../open.ts'

type Document = Record<string, unknown>

export async function team(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db)
  const [clustered, exact, position] =
    dialect === 'sqlite'
      ? ['without rowid', '', 'integer primary key autoincrement']
      : ['', 'collate "C"', 'bigint generated always as identity primary key']
  for (const table of ['comments', 'notices', 'webhooks']) {
    await run(`create table ${table} (
      position ${position}, id text not null unique, revision integer not null, body text not null)`)
  }
  await run(`create table comment_subjects (
    noun text not null, subject text not null, comment_id text not null,
    primary key (noun, subject, comment_id)) ${clustered}`)
  await run(`create table inbox (
    member_id text not null, notice_id text not null, at text ${exact} not null, read_at text,
    primary key (member_id, notice_id)) ${clustered}`)
  await run('create index inbox_by_time on inbox (member_id, at)')
  await run(`create table deliveries (
    position ${position}, id text not null unique, webhook_id text not null, notice_id text,
    state text not null, attempts integer not null, next_at text ${exact} not null,
    lease_until text ${exact}, body text not null)`)
  await run('create index deliveries_by_turn on deliveries (state, next_at)')
  await run('create index deliveries_by_webhook on deliveries (webhook_id, position)')
  await run(`create table calendar_feeds (
    hash text primary key, member_id text not null unique, created_at text not null, read_at text) ${clustered}`)
  // what was told because of the time alone, so that it is told once
  await run(`create table told (key text primary key, at text not null) ${clustered}`)

  await rewrite(db, 'tasks', (task, i) => ({
    ...{ description: '', due: null, priority: 'normal', skill: null, startEarly: false },
    ...{ rank: (i + 1) * 1024, actualDays: null },
    ...task,
  }))
  await rewrite(db, 'approval_policies', (policy) => ({
    ...{ members: [], count: 0, expiresAfterHours: null },
    ...policy,
  }))
  await rewrite(db, 'approvals', (approval) => ({
    ...{ kind: approval.runId == null ? 'release' : 'budget', decisionId: null, title: '', expiresAt: null },
    ...{ decidedAt: null },
    ...approval,
  }))
}

async function rewrite(
  db: Kysely<unknown>,
  table: string,
  change: (document: Document, i: number) => Document,
): Promise<void> {
  const { rows } = await sql<{ id: string; body: string }>`
    select id, body from ${sql.table(table)} order by position`.execute(db)
  for (const [i, { id, body }] of rows.entries()) {
    const changed = JSON.stringify(change(JSON.parse(body) as Document, i))
    await sql`update ${sql.table(table)} set body = ${changed} where id = ${id}`.execute(db)
  }
}
