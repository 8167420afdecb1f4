/** @file Real server and training processes that tests may kill at any moment. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

const made: string[] = []
const alive = new Set<ChildProcess>()

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'capstan-logging-'))
  made.push(path)
  return path
}

/** Ends what the test started, and removes its folders. */
export async function cleanUp(): Promise<void> {
  for (const child of alive) await kill(child)
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true })
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

/** A module run by Node in a process of its own; `line` resolves with its first line of output. */
export function script(
  code: string,
  env: Record<string, string> = {},
): {
  child: ChildProcess
  out: () => string
  err: () => string
  line: Promise<void>
  ended: Promise<number | string>
} {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    env: { ...process.env, LC_ALL: 'C', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  alive.add(child)
  let out = ''
  let err = ''
  child.stderr.on('data', (text) => {
    err += text
  })
  const line = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text) => {
      out += text
      resolve()
    })
    child.on('exit', () => reject(new Error(`the process ended without a word: ${err}`)))
  })
  line.catch(() => undefined)
  const ended = new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => {
      alive.delete(child)
      resolve(code ?? signal ?? '?')
    }),
  )
  return { child, out: () => out, err: () => err, line, ended }
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  await gone
}

/** A Capstan server without workers; resolves when it listens. */
export async function serve(workspace: string, port: number): Promise<ChildProcess> {
  const { child, line } = script(
    `import { startServer } from '@capstan/server'
     await startServer({ workspace: ${JSON.stringify(workspace)}, port: ${port}, workers: 0 })
     console.log('listening')`,
  )
  await line
  return child
}

export const sleep = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms))
