/** @file Every table of the database: what a document holds of it, or why it does not. */
import { recordTables, type Schema } from '../database/schema.ts'
import { recordSpecs } from './records.ts'
import { rowSpecs } from './rows.ts'
import type { Exported, Spec, Table } from './spec.ts'

/** A table that is not here does not compile. */
const specs: Record<keyof Schema, Exported> = { ...recordSpecs, ...rowSpecs }

export const leftOut = (Object.entries(specs) as [Table, Exported][]).flatMap(([table, spec]) =>
  'leftOut' in spec ? [{ table, why: spec.leftOut }] : [],
)

/** In the order in which a document is written: records, then rows, the history last. */
export const tables: readonly [Table, Spec][] = (
  [...recordTables, ...(Object.keys(rowSpecs) as Table[])] as Table[]
).flatMap((table): [Table, Spec][] => {
  const spec = specs[table]
  return 'leftOut' in spec ? [] : [[table, spec]]
})

/** Left out where the points of metrics are not wanted. */
export const pointTables: ReadonlySet<string> = new Set(['metric_series', 'metric_chunks'])

const byName: ReadonlyMap<string, Spec> = new Map(tables)
export const specOf = (table: string): Spec | undefined => byName.get(table)

/** What evidence may name, by its noun. */
export const evidenceTables: Readonly<Record<string, readonly Table[]>> = {
  run: ['runs'],
  evaluation: ['evaluations'],
  endpoint: ['endpoints'],
  ledger: ['ledger'],
  dataset: ['datasets', 'dataset_versions'],
  allocation: ['allocations'],
  risk: ['risks'],
  member: ['members'],
  task: ['tasks'],
  incident: ['incidents'],
}

/** Who acts without being a member. */
export const builtInActors: ReadonlySet<string> = new Set(['owner', 'worker', 'capstan'])
