/** @file Where the built files lie that other processes and threads are started from. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CapstanError } from '@capstan/api'

export type Entry = 'jobs/worker' | 'compute/thread' | 'reading/thread'

/** A built entry, also when the server itself runs from its TypeScript source (as in tests). */
export function builtEntry(name: Entry): string {
  const here = import.meta.url
  const url = here.endsWith('.ts') ? new URL(`../dist/${name}.js`, here) : new URL(`./${name}.js`, here)
  const path = fileURLToPath(url)
  if (!existsSync(path)) throw new CapstanError('cli/not-built', { detail: `${name}.js is missing` })
  return path
}
