/** @file `capstan audit`: the history of every change, and whether it is still what was written. */
import { CapstanError } from '@capstan/api'
import type { Context } from '../context.ts'
import { onServer } from '../runs/on-server.ts'

interface Options {
  workspace: string
  json?: boolean
}

export function auditLog(context: Context, options: Options & { limit: number }): Promise<number> {
  const { screen } = context
  return onServer(context, options, async ({ client }) => {
    const entries = await client.loop.activity({ query: { limit: options.limit } })
    if (options.json) return screen.line(JSON.stringify(entries, null, 2))
    const names = new Map((await client.members.list()).map(({ id, name }) => [id, name]))
    screen.table(
      entries.map(({ seq, at, actor, kind, id }) => [
        ...[String(seq), at.slice(0, 19), names.get(actor) ?? actor, kind, id],
      ]),
    )
  })
}

/** @returns 65 when the log is not what was written */
export async function auditVerify(context: Context, options: Options & { head?: string }): Promise<number> {
  const { say, screen } = context
  const anchor = options.head === undefined ? {} : anchorOf(context, options.head)
  let intact = true
  const done = await onServer(context, options, async ({ client }) => {
    const found = await client.loop.verifyActivity({ query: anchor })
    intact = found.intact
    if (options.json) return screen.line(JSON.stringify(found, null, 2))
    if (intact) {
      screen.line(say('audit.intact', { entries: found.entries }))
      screen.line(`${found.entries}:${found.head}`)
      screen.line(say('audit.keep'))
    } else screen.line(screen.paint('bad', say('audit.broken', { entry: found.brokenAt ?? 1 })))
  })
  return done === 0 && !intact ? 65 : done
}

function anchorOf({ say }: Context, text: string): { entries: number; head: string } {
  const [, entries, head] = /^(\d+):([0-9a-f]{64})$/.exec(text.trim()) ?? []
  if (!entries || !head) throw new CapstanError('cli/usage', { detail: say('usage.auditHead') })
  return { entries: Number(entries), head }
}
