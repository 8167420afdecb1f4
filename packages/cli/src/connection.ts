/** @file Reaches the server of a workspace: the one that is running, else one started for the duration. */
import { existsSync } from 'node:fs'
import { CapstanError, type Client, createClient } from '@capstan/api'
import { runningServer, startServer } from '@capstan/server'
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

export async function connect(context: Context, workspace: string, options: Options): Promise<Connection> {
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

export function connectionTo(
  { language }: Context,
  workspace: string,
  at: { address: string; token?: string },
  close?: () => Promise<void>,
): Connection {
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
      connection.token = now.token
      connection.client = clientAt(now)
    },
    close: close ?? (async () => {}),
  }
  return connection
}
