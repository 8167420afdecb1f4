/** @file A peer in a process of its own that works one round each time it is told to. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export type Message = Readonly<Record<string, number | string>>

export interface Peer {
  /** What it said when it was ready. */
  readonly ready: Message
  round(): Promise<Message>
  stop(): void
}

/** Starts `command`, which writes one JSON line when it is ready and one after every line that it is sent. */
export async function startPeer(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Peer> {
  const child: ChildProcess = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const next = async (): Promise<Message> => {
    const { value, done } = await lines.next()
    if (done === true) {
      const [code, signal] = await exited
      const how = signal === null ? `with code ${code}` : `by ${signal}; is there too little memory?`
      throw new Error(`${[command, ...args].join(' ')} ended early ${how}`)
    }
    return JSON.parse(value) as Message
  }
  return {
    ready: await next(),
    round() {
      child.stdin!.write('\n')
      return next()
    },
    stop: () => void child.kill(),
  }
}
