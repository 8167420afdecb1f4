/** @file `capstan runs search` and `capstan runs export`: runs by expression, on the screen or as a file. */
import { writeFile } from 'node:fs/promises'
import { CapstanError, type Client, type TrackedRun } from '@capstan/api'
import { type Field, fieldsOf, parseExpression, parseOrderBy } from '@capstan/domain'
import type { Context } from '../context.ts'
import { onServer } from '../runs/on-server.ts'
import { digits } from '../terminal/spark.ts'

interface Wanted {
  workspace: string
  order: string[]
  experiment?: string
}

/** Columns of values that are shown when the expression names none. */
const UNASKED_COLUMNS = 4

export async function searchRuns(
  context: Context,
  expression: string,
  { workspace, order, experiment, limit, json }: Wanted & { limit: number; json?: boolean },
): Promise<number> {
  return onServer(context, { workspace }, async ({ client }) => {
    const { screen, say } = context
    const experimentIds = await experimentsOf(client, experiment)
    const { runs, nextPageToken } = await client.tracking.search({
      body: { filter: expression, orderBy: order, limit, experimentIds },
    })
    if (json) return screen.line(JSON.stringify(runs, null, 2))
    if (runs.length === 0) return screen.line(say('runs.none'))
    const columns = columnsFor(runs, expression, order)
    screen.table([
      ['#', say('runs.state'), say('runs.name'), ...columns.map(({ kind, key }) => `${kind}s.${key}`)],
      ...runs.map((run) => [
        String(run.number),
        say(`run.state.${run.state}`),
        run.name,
        ...columns.map((field) => shownValue(run, field)),
      ]),
    ])
    if (nextPageToken !== null) screen.line(say('runs.found', { shown: runs.length }))
  })
}

export async function exportRuns(
  context: Context,
  file: string,
  { workspace, order, experiment, filter = '' }: Wanted & { filter?: string },
): Promise<number> {
  const { say, screen } = context
  const format = /\.(csv|parquet)$/i.exec(file)?.[1]?.toLowerCase() as 'csv' | 'parquet' | undefined
  if (!format) throw new CapstanError('cli/usage', { detail: say('usage.exportKind', { file }) })
  return onServer(context, { workspace }, async ({ client }) => {
    const experimentIds = await experimentsOf(client, experiment)
    const bytes = await client.tracking.export({
      body: { filter, orderBy: order, experimentIds, format },
    })
    await writeFile(file, bytes).catch((error: Error) => {
      throw new CapstanError('cli/usage', { detail: say('usage.cannotWrite', { file, why: error.message }) })
    })
    screen.line(say('runs.exported', { file, bytes: bytes.length }))
  })
}

/** What the search speaks of; else what most of the runs have. */
function columnsFor(runs: readonly TrackedRun[], expression: string, order: readonly string[]): Field[] {
  const where = parseExpression(expression)
  const asked = [
    ...(where.ok ? fieldsOf(where.value) : []),
    ...order.flatMap((each) => {
      const parsed = parseOrderBy(each)
      return parsed.ok ? [parsed.value.field] : []
    }),
  ].filter(({ kind }) => kind === 'metric' || kind === 'param' || kind === 'tag')
  if (asked.length > 0)
    return [...new Map(asked.map((field) => [`${field.kind}.${field.key}`, field])).values()]
  const counts = new Map<string, number>()
  for (const run of runs)
    for (const key of Object.keys(run.metrics)) counts.set(key, (counts.get(key) ?? 0) + 1)
  const ofMachine = (key: string) => Number(key.startsWith('system/'))
  return [...counts]
    .sort((a, b) => ofMachine(a[0]) - ofMachine(b[0]) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, UNASKED_COLUMNS)
    .map(([key]) => ({ kind: 'metric', key }))
}

function shownValue(run: TrackedRun, { kind, key }: Field): string {
  if (kind === 'param') return run.params[key] ?? ''
  if (kind === 'tag') return run.tags[key] ?? ''
  return digits(run.metrics[key]?.value ?? '')
}

/** @throws {CapstanError} `request/not-found` */
async function experimentsOf(client: Client, name: string | undefined): Promise<string[] | undefined> {
  if (name === undefined) return undefined
  const found = (await client.experiments.list({ query: {} })).find((each) => each.name === name)
  if (!found) throw new CapstanError('request/not-found', { noun: 'experiment', id: name })
  return [found.id]
}
