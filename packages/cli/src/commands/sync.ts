/** @file `capstan runs sync`: delivers what logging processes left in their spools. */
import { deliverLeftover, leftovers, spoolRoot } from '@capstan/api/logging'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'

export interface SyncOptions {
  workspace: string
  spool?: string
  all?: boolean
  json?: boolean
}

/** @returns 0, or 69 when something is still waiting */
export async function syncRuns(context: Context, options: SyncOptions): Promise<number> {
  const { screen, say } = context
  const connection = await connect(context, options.workspace, { workers: 0 })
  try {
    const root = options.spool ?? spoolRoot(context.env)
    const everything = leftovers(root)
    const meant = options.all ? everything : everything.filter(({ server }) => server === connection.address)
    const reports = []
    for (const left of meant) {
      screen.status(say('sync.progress', { name: left.name }))
      const { address: server, token } = connection
      reports.push(await deliverLeftover(left, { server, token, signal: context.signal }))
    }
    screen.status('')
    const elsewhere = everything.length - meant.length
    if (options.json) screen.line(JSON.stringify({ reports, elsewhere }))
    else {
      if (everything.length === 0) screen.line(say('sync.nothing', { folder: root }))
      for (const { name, runNumber, delivered, complete, reason } of reports)
        screen.line(
          complete
            ? say('sync.done', { name, number: runNumber ?? 0, records: delivered })
            : screen.paint('warn', say('sync.waiting', { name, reason: reason ?? '' })),
        )
      if (elsewhere > 0) screen.line(say('sync.elsewhere', { count: elsewhere }))
    }
    return reports.every(({ complete }) => complete) ? 0 : 69
  } finally {
    await connection.close()
  }
}
