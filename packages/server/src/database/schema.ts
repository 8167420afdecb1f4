/** @file The tables, as Kysely sees them. */
import type { Generated } from 'kysely'

/** Nouns that are kept whole, as one JSON document each. */
export const recordTables = [
  'members',
  'cycles',
  'objectives',
  'key_results',
  'measures',
  'measure_overrides',
  'initiatives',
  'pools',
  'allocations',
  'holidays',
  'exchange_rates',
  'budget_alerts',
  'runway_plans',
  'segments',
  'criteria',
  'contenders',
  'swot_entries',
  'lineages',
  'tasks',
  'approval_policies',
  'approvals',
  'decisions',
  'comments',
  'notices',
  'webhooks',
  'risks',
  'indicators',
  'risk_causes',
  'mitigations',
  'incidents',
  'risk_appetites',
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
  'sweeps',
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
    name: string
    /** Number of the experiment. */
    experiment: number
    initiative_id: string | null
    parent_id: string | null
    user_name: string
    lifecycle: string
    /** Milliseconds since 1970, here and in every table of tracking. */
    start_at: number | null
    end_at: number | null
    deleted_at: number | null
    /** Metric points that the run holds. */
    points: Generated<number>
    /** Counts the changes of what the run logged. */
    logged: Generated<number>
    priority: number
    /** 1 while it waits for an approval. */
    held: number
    queued_at: string
    not_before: string | null
    cores: number | null
    memory_bytes: number | null
    gpus: number
    /** Where it runs or ran. */
    machine: string | null
    /** What commands of one kind have in common. */
    command_key: string
  }
  captures: { run: number; body: string }
  /** Bytes that a run has printed, kept or not. */
  run_logs: { run: number; printed: number }
  log_pieces: { run: number; start: number; bytes: number; stream: string; at: number; text: string }
  workers: {
    id: string
    machine: string
    pid: number
    started_at: number
    seen_at: number
    run_id: string | null
  }
  experiments: {
    number: Generated<number>
    name: string
    lifecycle: string
    artifact_location: string
    created_at: number
    updated_at: number
  }
  experiment_tags: { experiment: number; key: string; value: string }
  /** `run` is the run's number, here and in every table of tracking. */
  run_params: { run: number; key: string; value: string }
  run_tags: { run: number; key: string; value: string }
  /** One row a curve: where its points are, and what searches ask of it. */
  metric_series: {
    run: number
    key: string
    /** Counts the curves of a run. */
    series: number
    points: number
    /** Counts the appended chunks. */
    appends: number
    /** 0 when it is not a number. */
    latest_value: number
    latest_nan: number
    latest_step: number
    latest_at: number
    /** Of the finite values. */
    min_value: number | null
    max_value: number | null
    min_step: number
    max_step: number
    min_at: number
    max_at: number
  }
  /** Points of a curve, in columns of doubles: instants, steps, values. */
  metric_chunks: {
    run: number
    series: number
    chunk: number
    /** How often it was merged from smaller ones. */
    level: number
    points: number
    min_step: number
    max_step: number
    min_at: number
    max_at: number
    data: Uint8Array
  }
  /** What a run logged, as text for answers; stale when `logged` is behind the run's. */
  run_summaries: { run: number; logged: number; text: string }
  run_inputs: { run: number; digest: string; name: string; body: string }
  /** `owner` is a run or a logged model. */
  artifacts: { owner: string; path: string; blob: string; bytes: number; at: number }
  logged_models: {
    id: string
    number: number
    experiment: number
    run_id: string | null
    name: string
    status: string
    lifecycle: string
    created_at: number
    updated_at: number
    body: string
  }
  run_outputs: { run: number; model_id: string; step: number }
  /** What happened, as measures read it; `removed` facts are kept for their names. */
  facts: {
    source: string
    id: string
    at: string
    removed: number
    /** How much a run had logged when it was read. */
    version: number
    /** The run of an evaluation, the data set of a version; else empty. */
    parent: string
    body: string
  }
  /** Points by their instant and by the fact that each came with. */
  measure_histories: {
    measure_id: string
    at: string
    key: string
    value: number
    standard_error: number | null
    origin: string
    evidence: string
    /** How many facts the value stands on; null of a point by itself. */
    facts: number | null
    /** What the fact gave, where that is not the point itself. */
    input: string | null
  }
  /** Where each history stands. */
  measure_heads: { measure_id: string; body: string }
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
    /** The entry that this one takes back. */
    corrects: string | null
  }
  /** How far each logging client's records are in the database. */
  log_sessions: { id: string; run: number; run_id: string; applied: number; at: number }
  /** What each comment is about. */
  comment_subjects: { noun: string; subject: string; comment_id: string }
  inbox: { member_id: string; notice_id: string; at: string; read_at: string | null }
  /** The outbox of webhooks, and what became of each delivery; a trial of a webhook has no notice. */
  deliveries: {
    id: string
    position: Generated<number>
    webhook_id: string
    notice_id: string | null
    state: string
    attempts: number
    next_at: string
    lease_until: string | null
    body: string
  }
  /** `hash` is SHA-256 of the secret in the address. */
  calendar_feeds: { hash: string; member_id: string; created_at: string; read_at: string | null }
  /** What was told because of the time alone. */
  told: { key: string; at: string }
  sweep_trials: { sweep: string; number: number; run_id: string; state: string; body: string }
  /** Who can sign in; without a password an invitation is open. `name_key` is the name as it is compared. */
  accounts: {
    member_id: string
    name_key: string
    password: string | null
    disabled: number
    created_at: string
    password_at: string | null
  }
  /** `hash` is SHA-256 of the secret, here and below. */
  sessions: {
    hash: string
    id: string
    member_id: string
    created_at: string
    seen_at: string
    expires_at: string
    agent: string
    address: string
  }
  api_tokens: {
    hash: string
    id: string
    member_id: string
    name: string
    role: string
    /** A JSON list, or null for all. */
    nouns: string | null
    read_only: number
    created_at: string
    expires_at: string
    used_at: string | null
  }
  invitations: { member_id: string; hash: string; expires_at: string }
  /** Failed sign-ins by a hash of who or where; nothing is heard before `open_at`. */
  sign_in_failures: { subject: string; failures: number; last_at: string; open_at: string }
}
