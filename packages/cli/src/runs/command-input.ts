/** @file What a command is queued with: code, environment, data and limits, by the options of the command line. */
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { CapstanError, type Client, type Code, type CommandInput } from '@capstan/api'
import type { z } from 'zod'
import type { Context } from '../context.ts'
import { asideOf } from './attach.ts'
import { captureCode, captureVariables, isSecret } from './capture.ts'
import { findData, findInitiative } from './find.ts'

export interface CommandOptions {
  initiative?: string
  experiment?: string
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
  askApproval?: string
  folder?: string
  code: boolean
}

type Input = z.input<typeof CommandInput> & { code?: Code }

export async function commandInput(
  context: Context,
  client: Client,
  command: readonly string[],
  options: CommandOptions,
): Promise<Input> {
  const folder = resolve(context.cwd, options.folder ?? '.')
  const initiativeId =
    options.initiative === undefined ? null : await findInitiative(client, options.initiative)
  const data = await Promise.all(options.data.map((reference) => findData(client, reference)))
  const given = {
    variables: { ...captureVariables(context.env), ...givenVariables(context, options.env) },
    parameters: pairsOf(context, '--param', options.param),
    tags: pairsOf(context, '--tag', options.tag),
  }
  const code = options.code ? await captureCode(client, folder) : undefined
  return {
    ...{ command: [...command], folder, machine: hostname(), initiativeId, data, ...given },
    ...(options.experiment === undefined
      ? {}
      : { experimentId: await experimentOf(client, options.experiment) }),
    ...(code === undefined ? {} : { code }),
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
  }
}

/** Says what a repetition would go without. */
export function tellCaptured(context: Context, code: Code | undefined): void {
  const aside = asideOf(context)
  if (code?.kind === 'none')
    aside.line(aside.paint('warn', context.say('run.notCaptured', { why: code.note })))
  else if (code && code.leftOut.length > 0)
    aside.line(
      aside.paint('warn', context.say('run.codeLeftOut', { files: code.leftOut.slice(0, 5).join(', ') })),
    )
}

async function experimentOf(client: Client, reference: string): Promise<string> {
  const all = await client.experiments.list()
  const found = all.find(({ id, name }) => id === reference || name === reference)
  if (found) return found.id
  return (await client.experiments.create({ body: { name: reference } })).id
}

async function memberOf(client: Client, reference: string): Promise<string> {
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
