/** @file `capstan run`: runs any command as a run of the workspace, with its output here. */
import { CapstanError } from '@capstan/api'
import { type Connection, connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { asideOf, attachToEnd } from '../runs/attach.ts'
import { type CommandOptions, commandInput, tellCaptured } from '../runs/command-input.ts'
import { findRun } from '../runs/find.ts'

export interface RunOptions extends CommandOptions {
  workspace: string
  name?: string
  parent?: string
  resume?: string
  detach?: boolean
}

/** @returns the exit code of the command, as a shell counts it */
export async function run(
  context: Context,
  command: readonly string[],
  options: RunOptions,
): Promise<number> {
  const { say } = context
  if (command.length === 0 && options.resume === undefined)
    throw new CapstanError('cli/usage', { detail: say('usage.missingArgument', { argument: 'command' }) })
  const connection = await connect(context, options.workspace, { workers: 1 })
  try {
    if (options.detach && connection.own)
      throw new CapstanError('cli/usage', { detail: say('run.detachNeedsServer') })
    const { id, number, from } =
      options.resume === undefined
        ? { ...(await queue(context, connection, command, options)), from: 0 }
        : await resume(connection, options.resume)
    if (options.detach) {
      context.screen.line(say('run.detached', { run: number }))
      return 0
    }
    asideOf(context).line(
      asideOf(context).paint('dim', say('run.begun', { run: number, page: connection.address })),
    )
    return await attachToEnd(context, connection, id, from)
  } finally {
    await connection.close()
  }
}

async function queue(
  context: Context,
  connection: Connection,
  command: readonly string[],
  options: RunOptions,
) {
  const { client } = connection
  const parent = options.parent === undefined ? null : (await findRun(client, options.parent)).id
  const input = await commandInput(context, client, command, options)
  const queued = await client.runs.command({
    body: { ...input, parentRunId: parent, ...(options.name === undefined ? {} : { name: options.name }) },
  })
  tellCaptured(context, input.code)
  return queued
}

async function resume(connection: Connection, reference: string) {
  const { id, number } = await findRun(connection.client, reference)
  const { end } = await connection.client.runs.logs({ params: { id }, query: { tail: 0 } })
  await connection.client.runs.resume({ params: { id }, body: {} })
  return { id, number, from: end }
}
