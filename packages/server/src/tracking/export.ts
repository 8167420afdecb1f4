/** @file Runs as a table in a file: page by page, so that neither memory nor the event loop holds them all. */
import { Readable } from 'node:stream'
import { CapstanError, type TrackedRun } from '@capstan/api'
import { csvLine } from '@capstan/domain'
import { ByteWriter, parquetWriteRows } from 'hyparquet-writer'
import type { Db } from '../database/records.ts'
import { type RunSearch, searchRuns } from '../search/store.ts'
import { trackedRuns } from './view.ts'

export type Exported = Omit<RunSearch, 'limit' | 'pageToken'>

/** Keys in the order in which the columns stand. */
export interface ExportColumns {
  params: string[]
  metrics: string[]
  tags: string[]
}

const PAGE = 200
/** Every run may have keys of its own; a table has a column for each. */
const MOST_COLUMNS = 20_000

/**
 * Which keys the runs have.
 * @throws {CapstanError} `request/too-large` where they have more than a table can hold
 */
export async function exportColumns(db: Db, search: Exported): Promise<ExportColumns> {
  const keys = { params: new Set<string>(), metrics: new Set<string>(), tags: new Set<string>() }
  for await (const run of runsOf(db, search)) {
    for (const group of ['params', 'metrics', 'tags'] as const)
      for (const key of Object.keys(run[group])) keys[group].add(key)
    if (keys.params.size + keys.metrics.size + keys.tags.size > MOST_COLUMNS)
      throw new CapstanError('request/too-large', { limit: `${MOST_COLUMNS} columns` })
  }
  return { params: [...keys.params].sort(), metrics: [...keys.metrics].sort(), tags: [...keys.tags].sort() }
}

async function* runsOf(db: Db, search: Exported): AsyncGenerator<TrackedRun> {
  let pageToken: string | undefined
  do {
    const page = await searchRuns(db, { ...search, limit: PAGE, pageToken })
    yield* await trackedRuns(db, page.runs)
    pageToken = page.nextPageToken ?? undefined
  } while (pageToken !== undefined)
}

const attributes = [
  'id',
  'number',
  'name',
  'kind',
  'state',
  'experimentId',
  'initiativeId',
  'parentRunId',
  'user',
  'startedAt',
  'endedAt',
] as const

const heads = ({ params, metrics, tags }: ExportColumns): string[] => [
  ...attributes,
  ...params.map((key) => `params.${key}`),
  ...metrics.map((key) => `metrics.${key}`),
  ...tags.map((key) => `tags.${key}`),
]

/** The latest value of each metric; what is not finite is written out. */
export function csvFile(db: Db, search: Exported, columns: ExportColumns): Readable {
  return Readable.from(
    (async function* () {
      yield csvLine(heads(columns))
      for await (const run of runsOf(db, search))
        yield csvLine([
          ...attributes.map((key) => run[key]),
          ...columns.params.map((key) => own(run.params, key)),
          ...columns.metrics.map((key) => own(run.metrics, key)?.value ?? null),
          ...columns.tags.map((key) => own(run.tags, key)),
        ])
    })(),
    { objectMode: false },
  )
}

/** Instants as timestamps, metrics as doubles with NaN and infinities, everything else as text. */
export async function parquetFile(db: Db, search: Exported, columns: ExportColumns): Promise<Uint8Array> {
  const writer = new ByteWriter()
  const names = heads(columns)
  await parquetWriteRows({
    writer,
    columns: names.map((name, i) => ({ name, type: typeOf(name, i), nullable: true })),
    rows: parquetRows(db, search, columns, names),
    rowGroupSize: [PAGE, PAGE, 5 * PAGE],
    createdBy: 'capstan',
  })
  return writer.getBytes()
}

function typeOf(name: string, i: number): 'INT32' | 'TIMESTAMP' | 'DOUBLE' | 'STRING' {
  if (i >= attributes.length) return name.startsWith('metrics.') ? 'DOUBLE' : 'STRING'
  if (name === 'number') return 'INT32'
  return name === 'startedAt' || name === 'endedAt' ? 'TIMESTAMP' : 'STRING'
}

async function* parquetRows(
  db: Db,
  search: Exported,
  columns: ExportColumns,
  names: readonly string[],
): AsyncGenerator<Record<string, unknown>> {
  for await (const run of runsOf(db, search)) {
    const values = [
      ...attributes.map((key) =>
        (key === 'startedAt' || key === 'endedAt') && run[key] !== null ? new Date(run[key]) : run[key],
      ),
      ...columns.params.map((key) => own(run.params, key)),
      ...columns.metrics.map((key) => {
        const value = own(run.metrics, key)?.value
        return value === undefined ? null : Number(value)
      }),
      ...columns.tags.map((key) => own(run.tags, key)),
    ]
    yield Object.fromEntries(names.map((name, i) => [name, values[i] ?? null]))
  }
}

const own = <V>(record: Record<string, V>, key: string): V | null =>
  Object.hasOwn(record, key) ? record[key]! : null
