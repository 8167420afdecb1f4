/** @file `capstan runs …`: lists runs, prints the log of one, cancels it. */
import type { RunState } from '@capstan/api'
import type { z } from 'zod'
import type { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { attach, printPage } from '../runs/attach.ts'
import { findRun } from '../runs/find.ts'
import { ended } from '../runs/follow.ts'
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
