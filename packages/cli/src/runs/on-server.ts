/** @file Runs the work of a command on the workspace's server. */
import { type Connection, connect } from '../connection.ts'
import type { Context } from '../context.ts'

export interface Shared {
  workspace: string
  json?: boolean
}

export async function onServer(
  context: Context,
  { workspace }: Shared,
  work: (connection: Connection) => Promise<unknown>,
): Promise<number> {
  const connection = await connect(context, workspace, { workers: 0, mustExist: true })
  try {
    await work(connection)
    return 0
  } finally {
    await connection.close()
  }
}
