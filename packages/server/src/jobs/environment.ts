/** @file Finds out what a command runs on: machine, runtimes, and versions of packages. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Ending } from './executors/executor.ts'
import { findProgram } from './executors/local.ts'
import { findGpus } from './executors/meters.ts'

export interface Found {
  environment: Record<string, string>
  packages: Record<string, string>
}

const MOST_PACKAGES = 2000
const PROBE_MS = 20_000

/** Lists what is installed without importing any of it. */
const PYTHON_PROBE = `
import json, platform, sys
from importlib import metadata
found = {}
for d in metadata.distributions():
    name = d.metadata["Name"]
    if name: found.setdefault(name.lower(), d.version)
print(json.dumps({"python": platform.python_version(), "path": sys.executable, "packages": found}))`

/** @param folder where the command runs; @param env what it runs with */
export async function findEnvironment(
  argv: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Found> {
  const gpus = await findGpus()
  const found: Found = {
    environment: {
      platform: `${platform()} ${release()} ${arch()}`,
      cpu: cpus()[0]?.model.trim() ?? '?',
      cores: String(cpus().length),
      memory: String(totalmem()),
      ...Object.fromEntries(gpus.map(({ index, name }) => [`gpu ${index}`, name])),
      ...(gpus[0] ? { 'gpu driver': gpus[0].driver } : {}),
    },
    packages: {},
  }
  await Promise.all([addPython(found, argv, folder, env), addNode(found, argv, folder, env)])
  return found
}

async function addPython(
  found: Found,
  argv: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const python = pythonOf(argv, folder, env)
  if (python === null) return
  const answer = await ask(python, ['-c', PYTHON_PROBE], folder, env)
  try {
    const known = JSON.parse(answer ?? '') as {
      python: string
      path: string
      packages: Record<string, string>
    }
    found.environment.python = known.python
    found.environment['python path'] = known.path
    const names = Object.keys(known.packages).sort().slice(0, MOST_PACKAGES)
    for (const name of names) found.packages[`python:${name}`] = String(known.packages[name]).slice(0, 300)
  } catch {
    // a Python too old to be asked
  }
}

/** The interpreter itself, or the one beside a tool that is written in Python. */
function pythonOf(
  argv: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): string | null {
  const program = argv[0]!.split('/').at(-1)!
  if (/^python[\d.]*$/.test(program)) return orNull(findProgram({ argv, folder, env }))
  const speaksPython =
    /^(uv|poetry|pipenv|torchrun|accelerate|deepspeed|pytest|ipython|jupyter|bash|sh|make|conda)$/
  const script = argv.some((word) => word.endsWith('.py'))
  if (!script && !speaksPython.test(program)) return null
  return (
    orNull(findProgram({ argv: ['python'], folder, env })) ??
    orNull(findProgram({ argv: ['python3'], folder, env }))
  )
}

const orNull = (found: string | Ending) => (typeof found === 'string' ? found : null)

async function addNode(
  found: Found,
  argv: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const program = argv[0]!.split('/').at(-1)!
  if (!/^(node|npm|npx|pnpm|yarn|tsx|bun)$/.test(program)) return
  const node = orNull(findProgram({ argv: ['node'], folder, env }))
  if (node !== null) found.environment.node = (await ask(node, ['--version'], folder, env))?.trim() ?? '?'
  try {
    // what npm installed, without starting it
    const lock = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string }>
    }
    for (const [path, { version }] of Object.entries(lock.packages).slice(0, MOST_PACKAGES))
      if (version)
        found.packages[`npm:${path.replace(/^node_modules\//, '')}`.slice(0, 300)] = version.slice(0, 300)
  } catch {
    // nothing is installed there
  }
}

async function ask(
  program: string,
  words: string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  try {
    const options = { cwd, env: { ...env }, timeout: PROBE_MS, maxBuffer: 16 << 20 }
    return (await promisify(execFile)(program, words, options)).stdout
  } catch {
    return null
  }
}
