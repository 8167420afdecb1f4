/** @file The tables, as Kysely sees them. */
import type { Generated } from 'kysely'

/** Nouns that are kept whole, as one JSON document each. */
export const recordTables = [
  'members',
  'cycles',
  'objectives',
  'key_results',
  'measures',
  'initiatives',
  'pools',
  'allocations',
  'tasks',
  'approval_policies',
  'approvals',
  'decisions',
  'risks',
  'indicators',
  'risk_simulations',
  'snapshots',
  'reviews',
  'proposals',
  'datasets',
  'dataset_versions',
  'designs',
  'evaluations',
  'models',
  'versions',
  'gates',
  'endpoints',
] as const
export type RecordTable = (typeof recordTables)[number]

export interface RecordRow {
  id: string
  /** Order of insertion. */
  position: Generated<number>
  /** Counts changes; a save names the revision it was made from. */
  revision: number
  body: string
}

export interface Schema extends Record<RecordTable, RecordRow> {
  meta: { key: string; value: string }
  audit: {
    seq: number
    at: string
    actor: string
    kind: string
    noun: string
    subject: string
    data: string
    previous: string
    hash: string
  }
  runs: {
    id: string
    number: number
    kind: string
    state: string
    worker: string | null
    attempt: number
    /** Instant until which the worker holds the run. */
    lease_until: string | null
    revision: number
    body: string
  }
  metric_points: { run_id: string; key: string; step: number; at: string; value: number }
  measure_points: {
    measure_id: string
    position: Generated<number>
    at: string
    value: number
    standard_error: number | null
    origin: string
    evidence: string
  }
  ledger: {
    id: string
    position: Generated<number>
    at: string
    initiative_id: string | null
    pool_id: string
    quantity: number
    unit: string
    rate: number
    cost: number
    origin: string
    evidence: string
  }
}
