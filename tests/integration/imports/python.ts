/** @file Virtual environments with what stores are written by, from PyPI, made once. */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `CAPSTAN_PEERS` names another folder for them. */
const peers = process.env.CAPSTAN_PEERS ?? fileURLToPath(new URL('../../../.cache/peers', import.meta.url))

/** The Python of an environment that has the packages. */
export function pythonWith(name: string, packages: readonly string[]): string {
  const folder = join(peers, name)
  const python = join(folder, 'bin', 'python')
  const done = join(folder, 'installed')
  if (existsSync(done)) return python
  run('python3', ['-m', 'venv', folder])
  run(python, ['-m', 'pip', 'install', '--quiet', ...packages])
  writeFileSync(done, packages.join('\n'))
  return python
}

/** Standard output of a program that ends well. */
export function run(
  program: string,
  words: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): string {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', ...options })
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`)
  return stdout
}
