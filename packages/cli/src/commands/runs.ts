/** @file `capstan runs …`: lists runs, shows one, prints its log, cancels it. */
import type { Run, RunState } from '@capstan/api'
import type { z } from 'zod'
import type { connect } from '../connection.ts'
import { type Context, sentence } from '../context.ts'
import { attach, printPage } from '../runs/attach.ts'
import { findRun } from '../runs/find.ts'
import { ended } from '../runs/follow.ts'
import { loggedRows } from '../runs/logged.ts'
import { onServer, type Shared } from '../runs/on-server.ts'
import { formatIn } from '../terminal/format.ts'

export async function runsList(
  context: Context,
  options: Shared & { state?: z.infer<typeof RunState>; limit: number },
): Promise<number> {
  return onServer(context, options, async ({ client }) => {
    const { screen, say, language } = context
    const runs = await client.runs.list({ query: { state: options.state, limit: options.limit } })
    if (options.json) return screen.line(JSON.stringify(runs, null, 2))
    if (runs.length === 0) return screen.line(say('runs.none'))
    const { currency } = await client.workspace.get()
    const format = formatIn(language, currency)
    screen.table([
      ['#', say('runs.state'), say('runs.seconds'), say('turn.cost'), say('runs.name')],
      ...runs.map((run) => [
        String(run.number),
        say(`run.state.${run.state}`),
        format.number(run.cost.wallSeconds, 1),
        format.money(run.cost.amount),
        run.name,
      ]),
    ])
  })
}

export async function runsShow(context: Context, reference: string, options: Shared): Promise<number> {
  return onServer(context, options, async ({ client }) => {
    const { screen, say, language } = context
    const run = await findRun(client, reference)
    const params = { id: run.id }
    const capture = await client.runs.capture({ params })
    const logged = await client.tracking.get({ params })
    if (options.json) return screen.line(JSON.stringify({ run, capture, logged }, null, 2))
    const { currency } = await client.workspace.get()
    const format = formatIn(language, currency)
    const { message } = await client.runs.waiting({ params })
    const { code } = capture
    const rows: [string, string][] = [
      [say('turn.run'), `${run.number} ${run.name}`],
      [say('runs.state'), stateOf(context, run, currency, message)],
      ...(capture.command ? [[say('runs.command'), capture.command.join(' ')] as [string, string]] : []),
      ...(capture.folder
        ? [[say('runs.folder'), `${capture.machine}:${capture.folder}`] as [string, string]]
        : []),
      ...(code.kind === 'none'
        ? []
        : [
            [
              say('runs.code'),
              code.kind === 'git'
                ? `${code.commit!.slice(0, 12)}${code.diff ? '+' : ''} ${code.branch ?? ''}`.trim()
                : say('runs.snapshot', { files: code.files }),
            ] as [string, string],
          ]),
      ...capture.data.map(({ label, hash }): [string, string] => [
        say('turn.data'),
        `${label} ${hash.slice(0, 12)}`,
      ]),
      ...Object.entries(capture.parameters).map(([key, value]): [string, string] => [key, value]),
      [
        say('turn.cost'),
        say('runs.costLine', {
          amount: format.money(run.cost.amount),
          wall: format.number(run.cost.wallSeconds, 1),
          cpu: format.number(run.cost.cpuSeconds, 1),
          gpu: format.number(run.cost.gpuSeconds, 1),
          memory: format.number(run.cost.peakMemoryBytes / 2 ** 20, 0),
          energy:
            run.cost.energyJoules === null ? '' : ` · ${format.number(run.cost.energyJoules / 3600, 2)} Wh`,
        }),
      ],
      ...Object.entries({ ...run.environment, ...capture.environment }).map(
        ([key, value]): [string, string] => [key, value],
      ),
    ]
    screen.rows(rows)
    for (const [title, part] of loggedRows(context, logged, capture.parameters)) {
      screen.heading(title)
      screen.rows(part)
    }
  })
}

function stateOf(
  { say, language }: Context,
  run: Run,
  currency: string,
  waiting: { code: string; values: Record<string, string | number> } | null,
): string {
  const state = say(`run.state.${run.state}`)
  const why = waiting ?? run.error
  const code = run.execution.exitCode
  return [state, code === null ? '' : `(${code})`, why ? `· ${sentence(why, language, currency)}` : '']
    .filter(Boolean)
    .join(' ')
}

export async function runsLogs(
  context: Context,
  reference: string,
  options: Shared & { follow?: boolean; tail?: number },
): Promise<number> {
  return onServer(context, options, async (connection) => {
    const { client } = connection
    const { id } = await findRun(client, reference)
    let offset = 0
    if (options.tail !== undefined) offset = await lastLines(context, client, id, options.tail)
    else
      while (true) {
        const page = await client.runs.logs({ params: { id }, query: { offset } }, context.signal)
        printPage(context, page)
        offset = page.next
        if (page.next >= page.end) break
      }
    if (options.follow) await attach(context, connection, id, offset)
  })
}

async function lastLines(
  context: Context,
  client: Awaited<ReturnType<typeof connect>>['client'],
  id: string,
  lines: number,
): Promise<number> {
  const page = await client.runs.logs({
    params: { id },
    query: { tail: Math.min(4 << 20, 400 * (lines + 1)) },
  })
  const text = page.pieces.map((piece) => piece.text).join('')
  const all = text.split('\n')
  const last = all.at(-1) === '' ? lines + 1 : lines
  process.stdout.write(all.slice(-last).join('\n'))
  if (context.signal.aborted) return page.end
  return page.next
}

export async function runsCancel(context: Context, reference: string, options: Shared): Promise<number> {
  return onServer(context, options, async ({ client }) => {
    const { id, number } = await findRun(client, reference)
    await client.runs.cancel({ params: { id }, body: {} })
    context.screen.line(context.say('run.cancelling', { run: number }))
  })
}

export async function workers(context: Context, options: Shared): Promise<number> {
  return onServer(context, options, async ({ client }) => {
    const { screen, say } = context
    const { workers: all, queued } = await client.workers.list()
    if (options.json) return screen.line(JSON.stringify({ workers: all, queued }, null, 2))
    screen.line(say('workers.queued', { n: queued }))
    if (all.length === 0) return screen.line(say('workers.none'))
    const runs = await client.runs.list({ query: { state: 'running', limit: 1000 } })
    const doing = (id: string | null) => {
      const run = runs.find((one) => one.id === id)
      return run && !ended(run) ? `${run.number} ${run.name}` : say('workers.idle')
    }
    screen.table([
      [
        say('workers.machine'),
        say('workers.cores'),
        say('doctor.memory'),
        'GPU',
        say('workers.process'),
        say('turn.run'),
      ],
      ...all.map(({ machine, pid, runId }) => [
        machine.name,
        String(machine.cores),
        `${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB`,
        String(machine.gpus),
        String(pid),
        doing(runId),
      ]),
    ])
  })
}
