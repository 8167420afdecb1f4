/** @file `capstan start` on a new workspace, with its address as soon as it serves and its end as a promise. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')

export interface FirstTurn {
  address: string
  /** Settles when the first turn is over and the workspace is being served. */
  complete: Promise<void>
  stop(): Promise<void>
}

export async function startFirstTurn(): Promise<FirstTurn> {
  const workspace = mkdtempSync(join(tmpdir(), 'capstan-browser-'))
  const child = spawn(
    process.execPath,
    [
      'scripts/start.mjs',
      '--workspace',
      workspace,
      '--port',
      '0',
      '--no-open',
      '--lang',
      'en',
      '--epochs',
      '3',
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      output += text
    })
  const until = (pattern: RegExp) => waitForOutput(child, () => output, pattern)
  const [address] = await until(/http:\/\/127\.0\.0\.1:\d+/)
  return {
    address: address!,
    complete: until(/Serving\. Ctrl-C stops\./).then(() => {}),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGINT')
      await ended
      rmSync(workspace, { recursive: true, force: true })
    },
  }
}

async function waitForOutput(
  child: ChildProcess,
  output: () => string,
  pattern: RegExp,
): Promise<RegExpMatchArray> {
  for (;;) {
    const found = output().match(pattern)
    if (found) return found
    if (child.exitCode !== null) throw new Error(`capstan start ended with ${child.exitCode}:\n${output()}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
