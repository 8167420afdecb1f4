/** @file Experiments: named groups of runs, with tags. */
import { CapstanError, type Experiment } from '@capstan/api'
import type { Selectable } from 'kysely'
import type { Db } from '../database/records.ts'
import type { Schema } from '../database/schema.ts'

type Row = Selectable<Schema['experiments']>
export type ExperimentRecord = Omit<Experiment, 'createdAt' | 'updatedAt'> & {
  artifactLocation: string
  /** Milliseconds since 1970. */
  createdAt: number
  updatedAt: number
}

export const publicExperiment = ({ artifactLocation: _, ...record }: ExperimentRecord): Experiment => ({
  ...record,
  createdAt: new Date(record.createdAt).toISOString(),
  updatedAt: new Date(record.updatedAt).toISOString(),
})

export async function listExperiments(db: Db): Promise<ExperimentRecord[]> {
  const rows = await db.selectFrom('experiments').selectAll().orderBy('number', 'desc').execute()
  return withTags(db, rows)
}

export async function findExperiment(db: Db, id: string): Promise<ExperimentRecord | null> {
  if (!/^\d{1,15}$/.test(id)) return null
  const rows = await db.selectFrom('experiments').selectAll().where('number', '=', Number(id)).execute()
  return (await withTags(db, rows))[0] ?? null
}

/** @throws {CapstanError} `request/not-found` */
export async function getExperiment(db: Db, id: string): Promise<ExperimentRecord> {
  const found = await findExperiment(db, id)
  if (!found) throw new CapstanError('request/not-found', { noun: 'experiment', id })
  return found
}

export async function experimentByName(db: Db, name: string): Promise<ExperimentRecord | null> {
  const rows = await db.selectFrom('experiments').selectAll().where('name', '=', name).execute()
  return (await withTags(db, rows))[0] ?? null
}

/** @throws {CapstanError} `request/exists` when the name is taken, also by a deleted experiment */
export async function insertExperiment(
  db: Db,
  { name, tags = {}, artifactLocation, at }: NewExperiment,
): Promise<ExperimentRecord> {
  if (await experimentByName(db, name))
    throw new CapstanError('request/exists', { noun: 'experiment', id: name })
  const last = await db
    .selectFrom('experiments')
    .select((e) => e.fn.max('number').as('last'))
    .executeTakeFirst()
  const number = Number(last?.last ?? 0) + 1
  await db
    .insertInto('experiments')
    .values({
      number,
      name,
      lifecycle: 'active',
      artifact_location: artifactLocation ?? `mlflow-artifacts:/${number}`,
      created_at: at,
      updated_at: at,
    })
    .execute()
  for (const [key, value] of Object.entries(tags)) await setExperimentTag(db, String(number), key, value)
  return getExperiment(db, String(number))
}

export interface NewExperiment {
  name: string
  tags?: Record<string, string> | undefined
  artifactLocation?: string | undefined
  at: number
}

export async function changeExperiment(
  db: Db,
  id: string,
  change: { name?: string; lifecycle?: 'active' | 'deleted'; at: number },
): Promise<ExperimentRecord> {
  const before = await getExperiment(db, id)
  if (change.name !== undefined && change.name !== before.name && (await experimentByName(db, change.name))) {
    throw new CapstanError('request/exists', { noun: 'experiment', id: change.name })
  }
  await db
    .updateTable('experiments')
    .set({
      name: change.name ?? before.name,
      lifecycle: change.lifecycle ?? before.lifecycle,
      updated_at: change.at,
    })
    .where('number', '=', Number(id))
    .execute()
  return getExperiment(db, id)
}

export async function setExperimentTag(db: Db, id: string, key: string, value: string): Promise<void> {
  await db
    .insertInto('experiment_tags')
    .values({ experiment: Number(id), key, value })
    .onConflict((c) => c.columns(['experiment', 'key']).doUpdateSet({ value }))
    .execute()
}

export async function deleteExperimentTag(db: Db, id: string, key: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('experiment_tags')
    .where('experiment', '=', Number(id))
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

async function withTags(db: Db, rows: readonly Row[]): Promise<ExperimentRecord[]> {
  if (rows.length === 0) return []
  const numbers = rows.map(({ number }) => number)
  const tags = await db
    .selectFrom('experiment_tags')
    .selectAll()
    .$if(numbers.length === 1, (query) => query.where('experiment', '=', numbers[0]!))
    .execute()
  const tagsOf = (number: number) =>
    Object.fromEntries(
      tags.filter((tag) => Number(tag.experiment) === number).map(({ key, value }) => [key, value]),
    )
  return rows.map((row) => ({
    id: String(row.number),
    name: row.name,
    lifecycle: row.lifecycle as Experiment['lifecycle'],
    tags: tagsOf(Number(row.number)),
    artifactLocation: row.artifact_location,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  }))
}
