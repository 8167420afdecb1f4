/** @file Migration 5: facts that measures fold, histories by the fact of each point, overrides. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../open.ts'

export async function measureFacts(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db)
  const [clustered, exact, position] =
    dialect === 'sqlite'
      ? ['without rowid', '', 'integer primary key autoincrement']
      : // text in the order of its bytes, as instants and keys are compared elsewhere
        ['', 'collate "C"', 'bigint generated always as identity primary key']
  await run(`create table facts (
    source text not null, id text ${exact} not null, at text ${exact} not null, removed smallint not null,
    version bigint not null, parent text not null, body text not null, primary key (source, id)) ${clustered}`)
  await run('create index facts_by_time on facts (source, at, id)')
  await run('create index facts_by_parent on facts (parent, source)')
  await run(`create table measure_histories (
    measure_id text not null, at text ${exact} not null, key text ${exact} not null,
    value double precision not null, standard_error double precision, origin text not null,
    evidence text not null, facts bigint, input text, primary key (measure_id, at, key)) ${clustered}`)
  await run(`create table measure_heads (measure_id text primary key, body text not null) ${clustered}`)
  await run(`create table measure_overrides (
    position ${position}, id text not null unique, revision integer not null, body text not null)`)
  // until the facts are gathered, what was measured before stands as it is
  const place = dialect === 'sqlite' ? "printf('%012d', position)" : "lpad(position::text, 12, '0')"
  await run(`insert into measure_histories
    select measure_id, at, 'kept:' || ${place}, value, standard_error, origin, evidence, null, null
    from measure_points`)
  await run('drop table measure_points')
}
