/** @file Whether what measures ask about is there, and what it was called. */
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
