/** @file `capstan runs show`: all that is known of a run, from its command to what it was charged for. */
import { CapstanError, type Client } from '@capstan/api'
import type { Context } from '../context.ts'
import { findRun } from '../runs/find.ts'
import {
  chargeRows,
  codeRows,
  dataRows,
  type Known,
  limitRows,
  parameterRows,
  runRows,
} from '../runs/known.ts'
import { loggedRows } from '../runs/logged.ts'
import { onServer, type Shared } from '../runs/on-server.ts'
import { formatIn } from '../terminal/format.ts'

export interface ShowOptions extends Shared {
  /** Variables of its environment and packages, too. */
  all?: boolean
  /** Instead of all else: the uncommitted changes that it ran with. */
  diff?: boolean
}

export async function runsShow(context: Context, reference: string, options: ShowOptions): Promise<number> {
  return onServer(context, options, async ({ client }) => {
    const { screen, say, language } = context
    const known = await read(client, reference)
    const { run, capture, logged, ledger } = known
    if (options.diff) return showDiff(client, known)
    if (options.json) return screen.line(JSON.stringify({ run, capture, logged, ledger }, null, 2))
    const { currency } = await client.workspace.get()
    const format = formatIn(language, currency)
    screen.rows(runRows(context, known, currency))
    const parts: [string, (readonly [string, string])[]][] = [
      [say('compare.code'), codeRows(context, known, format)],
      [say('compare.param'), parameterRows(context, known)],
      [say('compare.data'), dataRows(known)],
      [say('show.limits'), limitRows(context, known, format)],
      [say('compare.environment'), environmentRows(context, known, options)],
      [say('turn.cost'), chargeRows(context, known, format)],
      ...loggedRows(context, logged, { ...capture.parameters, ...logged.params }),
    ]
    for (const [title, part] of parts) {
      if (part.length === 0) continue
      screen.heading(title)
      screen.rows(part)
    }
  })
}

async function read(client: Client, reference: string): Promise<Known> {
  const run = await findRun(client, reference)
  const params = { id: run.id }
  const other = (id: string | null) =>
    id === null ? null : client.runs.get({ params: { id } }).catch(() => null)
  const [capture, logged, ledger, experiment, initiative, parent, repeats, datasets, { message: waiting }] =
    await Promise.all([
      client.runs.capture({ params }),
      client.tracking.get({ params }),
      client.resources.ledger({ query: { runId: run.id, limit: 1000 } }),
      client.experiments.get({ params: { id: run.experimentId } }),
      run.initiativeId === null
        ? null
        : client.strategy.initiative({ params: { id: run.initiativeId } }).catch(() => null),
      other(run.parentRunId),
      other(run.execution.rerunOf),
      run.datasetVersionId === null ? [] : client.datasets.list(),
      client.runs.waiting({ params }),
    ])
  const dataset = datasets.flatMap(({ name, versions }) =>
    versions.filter(({ id }) => id === run.datasetVersionId).map((version) => ({ name, version })),
  )[0]
  return {
    ...{ run, capture, logged, ledger, waiting },
    ...{ experiment: experiment.name, initiative: initiative?.name ?? null },
    ...{ parent: parent && title(parent), repeats: repeats && title(repeats) },
    dataset: dataset ?? null,
  }
}

const title = ({ number, name }: { number: number; name: string }) => `#${number} ${name}`

/** As git takes it again: `capstan runs show 12 --diff | git apply`. */
async function showDiff(client: Client, { run, capture: { code } }: Known): Promise<void> {
  if (code.diff === null)
    throw new CapstanError('request/not-found', {
      noun: 'uncommitted changes of run',
      id: String(run.number),
    })
  process.stdout.write(Buffer.from(await client.blobs.get({ params: { hash: code.diff } })))
}

function environmentRows(
  { say }: Context,
  { run, capture }: Known,
  { all }: ShowOptions,
): [string, string][] {
  const packages = Object.entries(capture.packages)
  return [
    ...Object.entries({ ...run.environment, ...capture.environment }).map(
      ([key, value]): [string, string] => [
        key,
        key === 'memory' && /^\d+$/.test(value) ? `${(Number(value) / 2 ** 30).toFixed(1)} GiB` : value,
      ],
    ),
    ...(all
      ? [
          ...Object.entries(capture.variables).map(([key, value]): [string, string] => [`$${key}`, value]),
          ...packages,
        ]
      : packages.length === 0
        ? []
        : ([[say('show.packages'), say('show.packagesKept', { n: packages.length })]] as [string, string][])),
  ]
}
