/** @file Follows a run's log in the terminal until the run ends, over restarts of the server. */
import { createInterface } from 'node:readline/promises'
import { CapstanError, type LogPage, type Run } from '@capstan/api'
import type { Connection } from '../connection.ts'
import { type Context, sentence } from '../context.ts'
import { Interrupted, interruptedExit, sleep, wasInterrupted } from '../interrupt.ts'
import { formatIn } from '../terminal/format.ts'
import { createScreen, type Screen } from '../terminal/screen.ts'
import { ended } from './follow.ts'

const patienceMs = 60_000
const everyMs = 300

/** Capstan's own words beside a command's output. */
export const asideOf = ({ env }: Context): Screen => createScreen(process.stderr, env)

/** Prints what the run prints, each to its own stream. @returns the run in its final state */
export async function attach(
  context: Context,
  connection: Connection,
  id: string,
  from = 0,
  signal: AbortSignal = context.signal,
): Promise<Run> {
  let offset = from
  let absentSince: number | null = null
  while (true) {
    try {
      for await (const page of connection.client.followLog(id, { offset, signal })) {
        absentSince = null
        printPage(context, page)
        offset = page.next
      }
      const run = await connection.client.runs.get({ params: { id } }, signal)
      if (ended(run) && run.worker === null) return run
    } catch (error) {
      if (signal.aborted) throw new Interrupted()
      const away =
        error instanceof TypeError || (error instanceof CapstanError && error.code === 'server/unreachable')
      if (!away || connection.own) throw error
      if (absentSince === null) asideOf(context).line(context.say('run.serverAway'))
      absentSince ??= performance.now()
      if (performance.now() - absentSince > patienceMs) throw error
      await connection.reconnect()
    }
    await sleep(everyMs, signal)
  }
}

export function printPage({ say, language }: Context, { pieces, leftOut }: LogPage): void {
  const gaps = [...leftOut]
  for (const { offset, stream, text } of pieces) {
    while (gaps.length > 0 && gaps[0]!.from < offset) {
      const { from, to } = gaps.shift()!
      process.stderr.write(`\n${say('run.leftOut', { bytes: (to - from).toLocaleString(language) })}\n`)
    }
    process[stream].write(text)
  }
}

/**
 * Attaches until the run ends; Ctrl-C asks what is to become of it, or cancels it where nobody can be asked.
 * @returns the exit code of the command
 */
export async function attachToEnd(
  context: Context,
  connection: Connection,
  id: string,
  from = 0,
): Promise<number> {
  try {
    return await conclude(context, connection, await attach(context, connection, id, from))
  } catch (error) {
    if (!wasInterrupted(error)) throw error
    return afterInterrupt(context, connection, id)
  }
}

async function afterInterrupt(context: Context, connection: Connection, id: string): Promise<number> {
  const aside = asideOf(context)
  const { client } = connection
  const run = await client.runs.get({ params: { id } })
  if (ended(run)) return exitOf(run)
  if (process.stdin.isTTY && !(await asksToCancel(context))) {
    aside.line(context.say(connection.own ? 'train.stopped' : 'run.detached', { run: run.number }))
    return interruptedExit
  }
  await client.runs.cancel({ params: { id }, body: {} })
  aside.line(context.say('run.cancelling', { run: run.number }))
  // it has its grace to end in order; a second Ctrl-C does not wait for that
  for (let tries = 0; tries < 200; tries++) {
    if ((await client.runs.get({ params: { id } })).worker === null) break
    await new Promise((resume) => setTimeout(resume, everyMs))
  }
  return interruptedExit
}

async function asksToCancel({ say }: Context): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^\s*(y|yes|是|c)/i.test(await reader.question(`${say('run.askCancel')} `))
  } catch {
    return true
  } finally {
    reader.close()
  }
}

/** One line about how it went and what it cost. */
async function conclude(context: Context, connection: Connection, run: Run): Promise<number> {
  const { say, language } = context
  const aside = asideOf(context)
  const { currency } = await connection.client.workspace.get()
  const format = formatIn(language, currency)
  if (run.error) aside.line(aside.paint('bad', sentence(run.error, language, currency)))
  aside.line(
    aside.paint(
      'dim',
      say('run.concluded', {
        run: run.number,
        state: say(`run.state.${run.state}`),
        seconds: format.number(run.cost.wallSeconds, 1),
        cpu: format.number(run.cost.cpuSeconds, 1),
        memory: format.number(run.cost.peakMemoryBytes / 2 ** 20, 0),
        cost: format.money(run.cost.amount),
      }),
    ),
  )
  return exitOf(run)
}

export function exitOf(run: Run): number {
  if (run.execution.exitCode !== null && run.state !== 'cancelled') return run.execution.exitCode
  return { finished: 0, cancelled: interruptedExit, failed: 70, lost: 75, queued: 75, running: 75 }[run.state]
}
