/** @file Capstan's server in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface Ours {
  readonly address: string
  /** Its longest stall since the last report, and its resident memory. */
  report(): Promise<{ stallMs: number; memoryMiB: number }>
  stop(): Promise<void>
}

/** @param webRoot folder of the built page, where a browser is to open it */
export async function startOurs(workspace: string, webRoot?: string): Promise<Ours> {
  const words = webRoot === undefined ? [workspace] : [workspace, webRoot]
  const child: ChildProcess = fork(join(import.meta.dirname, 'server.js'), words)
  const [{ address }] = (await once(child, 'message')) as [{ address: string }]
  return {
    address,
    async report() {
      child.send('report')
      return (await once(child, 'message'))[0] as { stallMs: number; memoryMiB: number }
    },
    async stop() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
