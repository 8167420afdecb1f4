/** @file Migration 10: accounts, sessions, tokens, invitations, failed sign-ins; the audit log refuses changes. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../open.ts'

export async function access(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db)
  const clustered = dialect === 'sqlite' ? 'without rowid' : ''
  await run(`create table accounts (
    member_id text primary key, name_key text not null unique, password text, disabled smallint not null,
    created_at text not null, password_at text) ${clustered}`)
  await run(`create table sessions (
    hash text primary key, id text not null unique, member_id text not null, created_at text not null,
    seen_at text not null, expires_at text not null, agent text not null, address text not null) ${clustered}`)
  await run('create index sessions_by_member on sessions (member_id)')
  await run(`create table api_tokens (
    hash text primary key, id text not null unique, member_id text not null, name text not null, role text not null,
    nouns text, read_only smallint not null, created_at text not null, expires_at text not null,
    used_at text) ${clustered}`)
  await run('create index api_tokens_by_member on api_tokens (member_id)')
  await run(`create table invitations (
    member_id text primary key, hash text not null unique, expires_at text not null) ${clustered}`)
  await run(`create table sign_in_failures (
    subject text primary key, failures integer not null, last_at text not null, open_at text not null) ${clustered}`)
  if (dialect === 'sqlite') {
    for (const verb of ['update', 'delete'])
      await run(`create trigger audit_refuses_${verb} before ${verb} on audit
        begin select raise(abort, 'the audit log is append-only'); end`)
    return
  }
  await run(`create function audit_refuses() returns trigger language plpgsql as $$
    begin raise exception 'the audit log is append-only'; end $$`)
  await run(`create trigger audit_refuses_change before update or delete on audit
    for each row execute function audit_refuses()`)
  await run(`create trigger audit_refuses_truncate before truncate on audit
    for each statement execute function audit_refuses()`)
}
