/** @file `capstan experiments`: lists experiments, opens one, renames, deletes and restores one. */
import { CapstanError, type Client, type Experiment } from '@capstan/api'
import type { Context } from '../context.ts'
import { onServer, type Shared } from '../runs/on-server.ts'

export async function listExperiments(
  context: Context,
  options: Shared & { all?: boolean },
): Promise<number> {
  return onServer(context, options, async ({ client }) => {
    const { screen, say } = context
    const lifecycle = options.all ? 'all' : 'active'
    const found = await client.experiments.list({ query: { lifecycle } })
    if (options.json) return screen.line(JSON.stringify(found, null, 2))
    screen.table([
      ['#', say('runs.name'), say('experiments.opened'), ''],
      ...found.map(({ id, name, createdAt, lifecycle: state }) => [
        id,
        name,
        createdAt.slice(0, 10),
        state === 'deleted' ? say('experiments.deleted') : '',
      ]),
    ])
  })
}

export async function openExperiment(context: Context, name: string, options: Shared): Promise<number> {
  return onServer(context, options, async ({ client }) => {
    const made = await client.experiments.create({ body: { name } })
    context.screen.line(context.say('experiments.made', { id: made.id, name: made.name }))
  })
}

export async function editExperiment(
  context: Context,
  reference: string,
  options: Shared & { name?: string; delete?: boolean; restore?: boolean },
): Promise<number> {
  const { screen, say } = context
  const lifecycle = options.delete ? ('deleted' as const) : options.restore ? ('active' as const) : undefined
  if ((options.delete && options.restore) || (lifecycle === undefined && options.name === undefined))
    throw new CapstanError('cli/usage', { detail: say('usage.editExperiment') })
  return onServer(context, options, async ({ client }) => {
    const { id } = await findExperiment(client, reference)
    const body = {
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(lifecycle === undefined ? {} : { lifecycle }),
    }
    const { name } = await client.experiments.change({ params: { id }, body })
    screen.line(say('experiments.edited', { id, name }))
  })
}

/** By name or identifier, deleted ones too. @throws {CapstanError} `request/not-found` */
async function findExperiment(client: Client, reference: string): Promise<Experiment> {
  const all = await client.experiments.list({ query: { lifecycle: 'all' } })
  const found = all.find(({ name }) => name === reference) ?? all.find(({ id }) => id === reference)
  if (!found) throw new CapstanError('request/not-found', { noun: 'experiment', id: reference })
  return found
}
