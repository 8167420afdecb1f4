/** @file `capstan sweep …`: starts a sweep, lists sweeps, shows one, stops it. */
import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import {
  CapstanError,
  type Client,
  type Sweep,
  type SweepDetail,
  SweepFile,
  type SweepInput,
  type SweepTrial,
} from '@capstan/api'
import { connect } from '../connection.ts'
import { type Context, sentence } from '../context.ts'
import { sleep } from '../interrupt.ts'
import { type CommandOptions, commandInput, tellCaptured } from '../runs/command-input.ts'
import { findData, findInitiative } from '../runs/find.ts'
import { formatIn } from '../terminal/format.ts'

export interface SweepOptions extends CommandOptions {
  workspace: string
  file: string
  name?: string
  detach?: boolean
}
interface Shared {
  workspace: string
  json?: boolean
}

const LOOK_MS = 500
const SHOWN = 10

export async function sweepStart(
  context: Context,
  words: readonly string[],
  options: SweepOptions,
): Promise<number> {
  const { say, screen } = context
  const file = await readPlan(resolve(context.cwd, options.file))
  const command = words.length > 0 ? [...words] : file.command
  if ((command === undefined) === (file.train === undefined))
    throw new CapstanError('cli/usage', { detail: say('sweep.oneSubject') })
  const connection = await connect(context, options.workspace, { workers: file.parallel })
  try {
    if (options.detach && connection.own)
      throw new CapstanError('cli/usage', { detail: say('run.detachNeedsServer') })
    const { name: inFile, command: _, train: __, ...plan } = file
    const subject = await subjectOf(context, connection.client, file, command, options)
    const name = options.name ?? inFile ?? basename(options.file).replace(/\.json$/i, '')
    const sweep = await connection.client.sweeps.start({ body: { name, plan, subject } })
    screen.line(say('sweep.started', { name, id: sweep.id }))
    if (options.detach) return 0
    const detail = await follow(context, connection.client, sweep.id)
    show(context, detail, await currencyOf(connection.client))
    return detail.sweep.best === null ? 1 : 0
  } finally {
    await connection.close()
  }
}

export async function sweepList(context: Context, options: Shared): Promise<number> {
  return onServer(context, options, async (client) => {
    const { screen, say, language } = context
    const all = await client.sweeps.list()
    if (options.json) return screen.line(JSON.stringify(all, null, 2))
    if (all.length === 0) return screen.line(say('sweep.none'))
    screen.table([
      [say('sweep.id'), say('runs.state'), say('sweep.trials'), say('sweep.best'), say('runs.name')],
      ...all.map(({ id, state, trials, best, name }) => [
        id,
        say(`sweep.state.${state}`),
        String(trials),
        best === null ? '-' : best.value.toLocaleString(language, { maximumSignificantDigits: 5 }),
        name,
      ]),
    ])
  })
}

export async function sweepShow(context: Context, reference: string, options: Shared): Promise<number> {
  return onServer(context, options, async (client) => {
    const { id } = await find(client, reference)
    const detail = await client.sweeps.get({ params: { id } })
    if (options.json) return context.screen.line(JSON.stringify(detail, null, 2))
    show(context, detail, await currencyOf(client))
  })
}

export async function sweepStop(context: Context, reference: string, options: Shared): Promise<number> {
  return onServer(context, options, async (client) => {
    const { id, name } = await find(client, reference)
    await client.sweeps.stop({ params: { id }, body: {} })
    context.screen.line(context.say('sweep.stopped', { name }))
  })
}

async function readPlan(path: string): Promise<SweepFile> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new CapstanError('request/invalid', { detail: `${path}: ${(cause as Error).message}` }, { cause })
  }
  const parsed = SweepFile.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const detail = `${path}: ${[...issue.path.map(String), ''].join('.')} ${issue.message}`
  throw new CapstanError('request/invalid', { detail })
}

async function subjectOf(
  context: Context,
  client: Client,
  { train }: SweepFile,
  command: readonly string[] | undefined,
  options: SweepOptions,
): Promise<SweepInput['subject']> {
  if (train !== undefined) {
    const design = (await client.designs.list()).find(
      ({ id, name }) => id === train.design || name === train.design,
    )
    if (!design) throw new CapstanError('request/not-found', { noun: 'design', id: train.design })
    const { datasetVersionId } = await findData(client, train.dataset)
    const initiativeId =
      options.initiative === undefined ? null : await findInitiative(client, options.initiative)
    return {
      kind: 'train',
      designId: design.id,
      datasetVersionId,
      initiativeId,
      parameters: train.parameters,
    }
  }
  const input = await commandInput(context, client, command!, options)
  tellCaptured(context, input.code)
  return { kind: 'command', input }
}

async function follow(
  { screen, say, signal, language }: Context,
  client: Client,
  id: string,
): Promise<SweepDetail> {
  for (;;) {
    const detail = await client.sweeps.get({ params: { id } })
    const { sweep, trials } = detail
    const running = trials.filter(({ state }) => state === 'running').length
    const best = sweep.best?.value.toLocaleString(language, { maximumSignificantDigits: 5 }) ?? '-'
    screen.status(say('sweep.live', { trials: trials.length, running, best }))
    if (sweep.state !== 'running') {
      screen.status('')
      return detail
    }
    await sleep(LOOK_MS, signal)
  }
}

function show(context: Context, { sweep, trials, importance }: SweepDetail, currency: string): void {
  const { screen, say, language } = context
  const format = formatIn(language, currency)
  const number = (value: number) => value.toLocaleString(language, { maximumSignificantDigits: 5 })
  screen.line(say('sweep.summary', { name: sweep.name, state: say(`sweep.state.${sweep.state}`) }))
  if (sweep.reason) screen.line(sentence(sweep.reason, language, currency))
  screen.line(
    say('sweep.spent', {
      trials: trials.length,
      hours: format.number(sweep.spent.hours, 2),
      amount: format.money(sweep.spent.amount),
    }),
  )
  const sign = sweep.plan.goal.direction === 'min' ? 1 : -1
  const ranked = trials
    .filter(({ value }) => value !== null)
    .sort((a, b) => sign * (a.value! - b.value!))
    .slice(0, SHOWN)
  screen.table([
    [say('turn.run'), say('runs.state'), sweep.plan.goal.metric, say('sweep.values')],
    ...ranked.map((trial) => [
      `#${trial.runNumber}`,
      say(`sweep.trial.${trial.state}`),
      number(trial.value!),
      Object.entries({ ...trial.values, ...resourceOf(sweep, trial) })
        .map(([key, value]) => `${key}=${typeof value === 'number' ? number(value) : value}`)
        .join(' '),
    ]),
  ])
  for (const { parameters, share, standardError } of importance.slice(0, 8))
    screen.line(
      say('sweep.importance', {
        parameters: parameters.join(' × '),
        share: format.percent(share),
        error: format.percent(standardError),
      }),
    )
}

/** What successive halving gave it, by the name of its parameter. */
const resourceOf = ({ plan }: Sweep, { resource }: SweepTrial): Record<string, number> =>
  plan.halving?.parameter && resource !== null ? { [plan.halving.parameter]: resource } : {}

async function find(client: Client, reference: string): Promise<Sweep> {
  const all = await client.sweeps.list()
  const found = all.find(({ id }) => id === reference) ?? all.find(({ name }) => name === reference)
  if (!found) throw new CapstanError('request/not-found', { noun: 'sweep', id: reference })
  return found
}

const currencyOf = async (client: Client): Promise<string> => (await client.workspace.get()).currency

async function onServer(
  context: Context,
  { workspace }: Shared,
  work: (client: Client) => Promise<void>,
): Promise<number> {
  const connection = await connect(context, workspace, { workers: 0, mustExist: true })
  try {
    await work(connection.client)
    return 0
  } finally {
    await connection.close()
  }
}
