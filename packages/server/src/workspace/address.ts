/** @file Where the server of a workspace answers, for commands that want to talk to it. */
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface ServerAddress {
  address: string
  pid: number
  token?: string
}

const fileOf = (folder: string) => join(resolve(folder), 'server.json')

export function writeAddress(folder: string, address: ServerAddress): void {
  const part = `${fileOf(folder)}.${randomBytes(4).toString('hex')}`
  writeFileSync(part, JSON.stringify(address), { mode: 0o600 })
  renameSync(part, fileOf(folder))
}

export function removeAddress(folder: string): void {
  rmSync(fileOf(folder), { force: true })
}

/** The server that has this workspace open, if it really answers. */
export async function runningServer(workspace: string): Promise<ServerAddress | null> {
  let found: ServerAddress
  try {
    found = JSON.parse(readFileSync(fileOf(workspace), 'utf8')) as ServerAddress
    const response = await fetch(`${found.address}/v2/health/live`, { signal: AbortSignal.timeout(2000) })
    return response.ok ? found : null
  } catch {
    return null
  }
}
