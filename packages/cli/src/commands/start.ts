/** @file `capstan start`: opens the workspace, turns the loop once when it is new, and serves it. */

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { type RunningServer, startServer } from '@capstan/server'
import { connectionTo } from '../connection.ts'
import type { Context } from '../context.ts'
import { firstTurn, standingOf } from '../first-turn/first-turn.ts'
import { interruptedExit, untilInterrupted, wasInterrupted } from '../interrupt.ts'
import { openPage } from './open-page.ts'
import { showStatus } from './status.ts'

export interface StartOptions {
  workspace: string
  host: string
  port: number
  name?: string
  once?: boolean
  open: boolean
  workers?: number
  cores?: number
  memory?: number
  gpus?: number
  epochs?: number
  data?: string
}

export async function start(context: Context, options: StartOptions): Promise<number> {
  const { screen, say, signal, cwd } = context
  const server = await startServer({
    workspace: options.workspace,
    host: options.host,
    port: options.port,
    name: options.name,
    language: context.language,
    webRoot: webRoot(),
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    resources: { cores: options.cores, memoryBytes: options.memory, gpus: options.gpus },
  })
  const connection = connectionTo(context, options.workspace, server, () => server.close())
  try {
    const shown = relative(cwd, options.workspace)
    const place = shown === '' || shown.startsWith('..') ? options.workspace : shown
    screen.line(
      [
        screen.paint('bold', 'Capstan'),
        say(server.created ? 'start.new' : 'start.opened', { folder: place }),
        screen.paint('sea', pageOf(server)),
      ].join('  '),
    )
    if (server.token) screen.line(say('start.token', { token: server.token }))
    const workspace = await connection.client.workspace.get()
    const standing = await standingOf(connection, workspace)
    if (!options.once) openPage(context, pageOf(server), options.open)
    if (standing === 'none') await showStatus(context, connection)
    else
      await firstTurn(context, connection, workspace, standing, {
        folder: options.workspace,
        epochs: options.epochs,
        data: options.data,
      })
    if (options.once) {
      screen.line()
      screen.line(screen.paint('dim', say('turn.ended')))
      return 0
    }
    screen.line()
    screen.line(screen.paint('dim', say('start.serving')))
    await untilInterrupted(signal)
    return 0
  } catch (error) {
    if (!wasInterrupted(error)) throw error
    return options.once ? interruptedExit : 0
  } finally {
    await server.close()
    if (signal.aborted) screen.line(say('start.stopped'))
  }
}

const pageOf = (server: RunningServer): string => server.address

/** The built page; without it the server answers its API alone. */
export function webRoot(): string | undefined {
  const root = join(dirname(createRequire(import.meta.url).resolve('@capstan/web/package.json')), 'dist')
  return existsSync(join(root, 'index.html')) ? root : undefined
}
