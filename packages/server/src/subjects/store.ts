/** @file Whether what measures ask about is there, and what it was called. */
import { CapstanError } from '@capstan/api'
import type { Db } from '../database/records.ts'
import type { RecordTable } from '../database/schema.ts'

/** Where the identifiers stand that filters name. */
export const referenceTables = {
  initiative: 'initiatives',
  pool: 'pools',
  dataset: 'datasets',
  'dataset-version': 'dataset_versions',
  design: 'designs',
  assignee: 'members',
  risk: 'risks',
  evaluation: 'evaluations',
  task: 'tasks',
} as const satisfies Record<string, RecordTable>

export async function presentOf(db: Db, field: string, ids: readonly string[]): Promise<Set<string>> {
  if (field === 'experiment') {
    const numbers = ids.map(Number).filter(Number.isSafeInteger)
    if (numbers.length === 0) return new Set()
    const rows = await db
      .selectFrom('experiments')
      .select('number')
      .where('number', 'in', numbers)
      .where('lifecycle', '=', 'active')
      .execute()
    return new Set(rows.map(({ number }) => String(number)))
  }
  if (field === 'run') {
    const rows = await db
      .selectFrom('runs')
      .select('id')
      .where('id', 'in', [...ids])
      .where('lifecycle', '=', 'active')
      .execute()
    return new Set(rows.map(({ id }) => id))
  }
  if (field === 'endpoint') {
    const rows = await db.selectFrom('endpoints').select('body').execute()
    return new Set(rows.map(({ body }) => (JSON.parse(body) as { name: string }).name))
  }
  const rows = await db
    .selectFrom(referenceTables[field as keyof typeof referenceTables])
    .select('id')
    .where('id', 'in', [...ids])
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** The audit log remembers what something was called. */
export async function formerName(db: Db, id: string): Promise<string | null> {
  const rows = await db
    .selectFrom('audit')
    .select('data')
    .where('subject', '=', id)
    .orderBy('seq', 'desc')
    .limit(20)
    .execute()
  for (const { data } of rows) {
    const { name, title } = JSON.parse(data) as { name?: unknown; title?: unknown }
    const found = name ?? title
    if (typeof found === 'string') return found
  }
  return null
}

/** Where else things stand that people speak of. */
const subjectTables = {
  ...referenceTables,
  member: 'members',
  cycle: 'cycles',
  objective: 'objectives',
  'key-result': 'key_results',
  measure: 'measures',
  allocation: 'allocations',
  approval: 'approvals',
  decision: 'decisions',
  indicator: 'indicators',
  incident: 'incidents',
  mitigation: 'mitigations',
  review: 'reviews',
  proposal: 'proposals',
  model: 'models',
  version: 'versions',
  endpoint: 'endpoints',
  sweep: 'sweeps',
} as const satisfies Record<string, RecordTable>

/** @throws {CapstanError} `request/not-found` when there is nothing of this name */
export async function requireSubject(db: Db, noun: string, id: string): Promise<void> {
  if (!(await isThere(db, noun, id))) throw new CapstanError('request/not-found', { noun, id })
}

/** What something is called, for sentences; its identifier where it has no name. */
export async function subjectName(db: Db, noun: string, id: string): Promise<string> {
  if (noun === 'run') {
    const run = await db.selectFrom('runs').select(['number', 'name']).where('id', '=', id).executeTakeFirst()
    return run ? `${run.name} #${run.number}` : id
  }
  if (!Object.hasOwn(subjectTables, noun)) return id
  const table: RecordTable = subjectTables[noun as keyof typeof subjectTables]
  const row = await db.selectFrom(table).select('body').where('id', '=', id).executeTakeFirst()
  if (!row) return (await formerName(db, id)) ?? id
  const { title, name, modelName, number } = JSON.parse(row.body) as Record<string, unknown>
  if (typeof modelName === 'string' && typeof number === 'number') return `${modelName} v${number}`
  const found = title ?? name
  return typeof found === 'string' && found !== '' ? found : id
}

async function isThere(db: Db, noun: string, id: string): Promise<boolean> {
  if (noun === 'ledger')
    return Boolean(await db.selectFrom('ledger').select('id').where('id', '=', id).executeTakeFirst())
  if (noun === 'run' || noun === 'experiment') return (await presentOf(db, noun, [id])).has(id)
  // evidence of a data set names the version that it was
  if (noun === 'dataset' && (await presentOf(db, 'dataset-version', [id])).has(id)) return true
  if (!Object.hasOwn(subjectTables, noun)) return false
  // evidence of data may name the data set or one of its versions
  if (noun === 'dataset' && (await isThere(db, 'dataset-version', id))) return true
  const table: RecordTable = subjectTables[noun as keyof typeof subjectTables]
  return Boolean(await db.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst())
}
