/** @file What the ledger was charged for a run, added up. */
import type { LedgerEntry } from '@capstan/api'

export interface Charged {
  quantity: number
  unit: string
  rate: number
  /** The newest entry, to be shown in its place. */
  newest: string
}

/** @param entries newest first @returns null where there are none */
export function chargedOf(entries: readonly LedgerEntry[]): Charged | null {
  const [first] = entries
  if (!first) return null
  const quantity = entries.reduce((sum, entry) => sum + entry.quantity, 0)
  return { quantity, unit: first.unit, rate: first.rate, newest: first.id }
}

/** What Capstan and MLflow's clients set for themselves stands elsewhere on the page. */
const own = /^mlflow\.(runName|user|parentRunId|note\.content|source\.|log-model)/

export const tagsOfPeople = (tags: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(tags).filter(([key]) => !own.test(key))
