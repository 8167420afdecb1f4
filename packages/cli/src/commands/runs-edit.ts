/** @file `capstan runs edit`: name, note and tags of a run; deletes and restores it. */
import { CapstanError } from '@capstan/api'
import type { Context } from '../context.ts'
import { pairsOf } from '../runs/command-input.ts'
import { findRun } from '../runs/find.ts'
import { onServer, type Shared } from '../runs/on-server.ts'

interface Wanted extends Shared {
  name?: string
  note?: string
  tag: string[]
  untag: string[]
  delete?: boolean
  restore?: boolean
}

export async function editRun(context: Context, reference: string, options: Wanted): Promise<number> {
  const { screen, say } = context
  const { name, note } = options
  const tags = {
    ...pairsOf(context, '--tag', options.tag),
    ...Object.fromEntries(options.untag.map((key) => [key, null])),
  }
  const lifecycle = options.delete ? ('deleted' as const) : options.restore ? ('active' as const) : undefined
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(note === undefined ? {} : { note }),
    ...(lifecycle === undefined ? {} : { lifecycle }),
  }
  const tagged = Object.keys(tags).length > 0
  if ((options.delete && options.restore) || (Object.keys(change).length === 0 && !tagged))
    throw new CapstanError('cli/usage', { detail: say('usage.editRun') })
  return onServer(context, options, async ({ client }) => {
    const { id, number } = await findRun(client, reference)
    const params = { id }
    // a deleted run takes no tags: it is restored before them, and deleted after them
    if (lifecycle === 'active') await client.tracking.change({ params, body: change })
    if (tagged) await client.tracking.log({ params, body: { tags } })
    if (lifecycle !== 'active' && Object.keys(change).length > 0)
      await client.tracking.change({ params, body: change })
    screen.line(say('runs.edited', { run: number }))
  })
}
