/** @file Reaches the server of a workspace: the one that is running, else one started for the duration. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { CapstanError, type Client, createClient } from '@capstan/api'
import { runningServer, startServer } from '@capstan/server'
import { keptToken } from './access/credentials.ts'
import type { Context } from './context.ts'
import { sleep } from './interrupt.ts'

export interface Connection {
  client: Client
  address: string
  token?: string
  /** The server was started by this command and ends with it. */
  own: boolean
  /** The same workspace's server at its present address, after it was restarted elsewhere. */
  reconnect(): Promise<void>
  /** A client that acts in the name of a member. */
  as(memberId: string): Client
  close(): Promise<void>
}

interface Options {
  /** Job workers of a server that is started here; 0 where nothing is to be executed. */
  workers: number
  /** Refuse when there is no workspace yet. */
  mustExist?: boolean
}

/** A server that is busy may answer late; that somebody has the workspace open says that it is worth asking again. */
const tries = 5
const betweenMs = 500

/** Under what a token is kept: the address that is set, or the folder, whose server changes its port. */
export const placeOf = ({ env }: Context, workspace: string): string =>
  env.CAPSTAN_SERVER || resolve(workspace)

export async function connect(context: Context, workspace: string, options: Options): Promise<Connection> {
  const remote = context.env.CAPSTAN_SERVER
  if (remote) return connectionTo(context, workspace, { address: remote.replace(/\/+$/, '') })
  for (let left = tries; ; left--) {
    const running = await runningServer(workspace)
    if (running) return connectionTo(context, workspace, running)
    if (options.mustExist && !existsSync(workspace))
      throw new CapstanError('workspace/unusable', {
        folder: workspace,
        detail: context.say('workspace.none'),
      })
    try {
      const server = await startServer({
        workspace,
        port: 0,
        language: context.language,
        workers: options.workers,
      })
      return connectionTo(context, workspace, server, () => server.close())
    } catch (error) {
      const locked = error instanceof CapstanError && error.code === 'workspace/locked'
      if (!locked || left <= 1) throw error
      await sleep(betweenMs, context.signal)
    }
  }
}

/** One's own token goes before the key of the machine, so that the history tells who it was. */
export function connectionTo(
  context: Context,
  workspace: string,
  given: { address: string; token?: string },
  close?: () => Promise<void>,
): Connection {
  const { language, env } = context
  const own = env.CAPSTAN_TOKEN || keptToken(env, placeOf(context, workspace))
  const at = { ...given, token: own ?? given.token }
  const clientAt = (to: typeof at, actAs?: string) =>
    createClient({ baseUrl: to.address, token: to.token, language, actAs })
  const connection: Connection = {
    client: clientAt(at),
    address: at.address,
    token: at.token,
    own: close !== undefined,
    as: (memberId) => clientAt({ address: connection.address, token: connection.token }, memberId),
    async reconnect() {
      const now = await runningServer(workspace)
      if (now === null) return
      connection.address = now.address
      connection.token = own ?? now.token
      connection.client = clientAt({ ...now, token: connection.token })
    },
    close: close ?? (async () => {}),
  }
  return connection
}
