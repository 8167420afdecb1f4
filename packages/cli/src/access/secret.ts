/** @file Reads a password: from standard input, or from the terminal without showing it. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { CapstanError } from '@capstan/api'
import type { Context } from '../context.ts'

/** @throws {CapstanError} `cli/usage` where there is no terminal to ask at */
export async function readSecret(
  { say, signal }: Context,
  question: string,
  fromStdin: boolean | undefined,
): Promise<string> {
  if (fromStdin) return (await text(process.stdin)).replace(/\r?\n$/, '')
  if (!process.stdin.isTTY) throw new CapstanError('cli/usage', { detail: say('usage.noTerminal') })
  process.stderr.write(question)
  const silent = new Writable({ write: (_, __, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await new Promise<string>((resolve, reject) => {
      const stop = () => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      // a terminal that reads lines takes Ctrl-C for itself
      lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
      lines.question('', resolve)
    })
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}
