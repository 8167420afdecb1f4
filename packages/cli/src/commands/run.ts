/** @file `capstan run`: runs any command as a run of the workspace, with its output here. */
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { CapstanError } from '@capstan/api'
import { type Connection, connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { asideOf, attachToEnd } from '../runs/attach.ts'
import { captureCode, captureVariables, isSecret } from '../runs/capture.ts'
import { findData, findInitiative, findRun } from '../runs/find.ts'

export interface RunOptions {
  workspace: string
  initiative?: string
  experiment?: string
  name?: string
  param: string[]
  tag: string[]
  data: string[]
  env: string[]
  timeout?: number
  memory?: number
  cores?: number
  gpus?: number
  retries?: number
  priority?: number
  maxCost?: number
  grace?: number
  parent?: string
  resume?: string
  askApproval?: string
  folder?: string
  code: boolean
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
  const folder = resolve(context.cwd, options.folder ?? '.')
  const initiativeId =
    options.initiative === undefined ? null : await findInitiative(client, options.initiative)
  const data = await Promise.all(options.data.map((reference) => findData(client, reference)))
  const parent = options.parent === undefined ? null : (await findRun(client, options.parent)).id
  const code = options.code ? await captureCode(client, folder) : undefined
  const queued = await client.runs.command({
    body: {
      command: [...command],
      folder,
      machine: hostname(),
      initiativeId,
      ...(options.experiment === undefined
        ? {}
        : { experimentId: await experimentOf(client, options.experiment) }),
      parentRunId: parent,
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(code === undefined ? {} : { code }),
      variables: { ...captureVariables(context.env), ...givenVariables(context, options.env) },
      parameters: pairsOf(context, '--param', options.param),
      tags: pairsOf(context, '--tag', options.tag),
      data,
      wallSeconds: options.timeout ?? null,
      memoryBytes: options.memory ?? null,
      cores: options.cores ?? null,
      gpus: options.gpus ?? 0,
      retries: options.retries ?? 0,
      priority: options.priority ?? 0,
      maxAmount: options.maxCost ?? null,
      ...(options.grace === undefined ? {} : { graceSeconds: options.grace }),
      ...(options.askApproval === undefined
        ? {}
        : { onBudget: 'ask' as const, requestedBy: await memberOf(client, options.askApproval) }),
    },
  })
  const aside = asideOf(context)
  if (code?.kind === 'none')
    aside.line(aside.paint('warn', context.say('run.notCaptured', { why: code.note })))
  else if (code && code.leftOut.length > 0)
    aside.line(
      aside.paint('warn', context.say('run.codeLeftOut', { files: code.leftOut.slice(0, 5).join(', ') })),
    )
  return queued
}

async function resume(connection: Connection, reference: string) {
  const { id, number } = await findRun(connection.client, reference)
  const { end } = await connection.client.runs.logs({ params: { id }, query: { tail: 0 } })
  await connection.client.runs.resume({ params: { id }, body: {} })
  return { id, number, from: end }
}

async function experimentOf(client: Connection['client'], reference: string): Promise<string> {
  const all = await client.experiments.list()
  const found = all.find(({ id, name }) => id === reference || name === reference)
  if (found) return found.id
  return (await client.experiments.create({ body: { name: reference } })).id
}

async function memberOf(client: Connection['client'], reference: string): Promise<string> {
  const found = (await client.members.list()).find(({ id, name }) => id === reference || name === reference)
  if (!found) throw new CapstanError('request/not-found', { noun: 'member', id: reference })
  return found.id
}

/** `k=v` words. @throws {CapstanError} `cli/usage` */
export function pairsOf({ say }: Context, option: string, words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      if (at < 1) throw new CapstanError('cli/usage', { detail: say('usage.pair', { option, value: word }) })
      return [word.slice(0, at), word.slice(at + 1)]
    }),
  )
}

/** `NAME=value`, or `NAME` for the value it has here. A run keeps what it was given, so secrets are refused. */
function givenVariables(context: Context, words: readonly string[]): Record<string, string> {
  const { say, env } = context
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      const name = at < 0 ? word : word.slice(0, at)
      if (isSecret(name)) throw new CapstanError('cli/usage', { detail: say('run.secret', { name }) })
      const value = at < 0 ? env[name] : word.slice(at + 1)
      if (value === undefined)
        throw new CapstanError('cli/usage', { detail: say('run.noVariable', { name }) })
      return [name, value]
    }),
  )
}
