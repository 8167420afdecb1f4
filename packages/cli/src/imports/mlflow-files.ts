/** @file Imports an MLflow file store: a folder `mlruns` with a folder an experiment and one in it a run. */
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { CapstanError, type LogRecord } from '@capstan/api'
import { parse as parseYaml } from 'yaml'
import { endOf, identityOf, pairRecord, timeOf } from './mlflow.ts'
import { count, type ImportedRun, type ImportSource } from './source.ts'
import { keyFits, word } from './tensorboard.ts'

const MOST_META_BYTES = 1024 * 1024
const MOST_VALUE_BYTES = 64 * 1024

type Meta = Record<string, unknown>

/** @throws {CapstanError} `import/nothing` when it is no file store */
export async function openFileStore(folder: string): Promise<ImportSource> {
  const root = resolve(folder)
  const skipped = new Map<string, number>()
  const experiments = (await foldersIn(root)).filter((name) => !['.trash', 'models'].includes(name))
  const known: { name: string; path: string }[] = []
  for (const name of experiments) {
    const meta = await readMeta(join(root, name))
    if (meta) known.push({ name: String(meta.name ?? name), path: join(root, name) })
  }
  if (known.length === 0)
    throw new CapstanError('import/nothing', {
      path: folder,
      what: 'MLflow experiment (a folder with a meta.yaml)',
    })
  return {
    skipped,
    close: () => undefined,
    async *runs() {
      const children: ImportedRun[] = []
      for (const experiment of known)
        for (const name of await foldersIn(experiment.path)) {
          if (['tags', 'datasets', 'traces', 'models'].includes(name)) continue
          const run = await runOf(join(experiment.path, name), experiment.name, skipped)
          if (run === null) continue
          if (run.parent === null) yield run
          else children.push(run)
        }
      yield* byParent(children)
    },
  }
}

/** Runs with a parent, each after its own. */
export function* byParent(children: ImportedRun[]): Generator<ImportedRun> {
  const waiting = new Map(children.map((run) => [run.identity, run]))
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ parent }) => !waiting.has(parent ?? ''))
    // parents that go round in a circle are nobody's
    if (ready.length === 0) for (const run of waiting.values()) run.parent = null
    for (const run of ready) {
      waiting.delete(run.identity)
      yield run
    }
  }
}

async function runOf(
  folder: string,
  experiment: string,
  skipped: Map<string, number>,
): Promise<ImportedRun | null> {
  const meta = await readMeta(folder)
  if (meta === null) return null
  if (meta.lifecycle_stage === 'deleted' || meta.deleted_time) {
    count(skipped, 'deleted run')
    return null
  }
  const identity = identityOf(meta.run_id ?? meta.run_uuid, join(folder, 'meta.yaml'))
  const parent = await readValue(join(folder, 'tags', 'mlflow.parentRunId'))
  const end = endOf(meta.status, meta.end_time, meta.start_time)
  let counted = false
  return {
    identity,
    experiment,
    name: String(
      meta.run_name || (await readValue(join(folder, 'tags', 'mlflow.runName'))) || identity.slice(0, 8),
    ),
    user: String(meta.user_id ?? ''),
    startedAt: timeOf(meta.start_time),
    parent: parent && /^[\w.-]{1,64}$/.test(parent) ? parent : null,
    async *records() {
      const note = counted ? () => undefined : (kind: string) => count(skipped, kind)
      for (const kind of ['params', 'tags'] as const)
        for await (const { path, file } of filesIn(join(folder, kind))) {
          const value = await readValue(file)
          const record = value === null ? null : pairRecord(kind, path, value)
          if (record) yield record
          else note(`${kind === 'params' ? 'parameter' : 'tag'} that is too long`)
        }
      for await (const { path, file } of filesIn(join(folder, 'metrics'))) {
        if (keyFits(path)) yield* pointsOf(file, path)
        else note('name that is too long or has control characters')
      }
      yield end
      counted = true
    },
    artifacts: () => filesIn(join(folder, 'artifacts')),
  }
}

/** A line is `time value step`, with more words in newer stores. */
async function* pointsOf(file: string, key: string): AsyncGenerator<LogRecord> {
  const lines = createInterface({ input: createReadStream(file, { encoding: 'utf8' }), crlfDelay: Infinity })
  let number = 0
  for await (const line of lines) {
    number++
    if (line.trim() === '') continue
    const [time, value, step = '0'] = line.trim().split(/\s+/, 4)
    const at = Number(time)
    const parsed = pythonFloat(value ?? '')
    if (!Number.isFinite(at) || parsed === null || !Number.isSafeInteger(Number(step))) {
      lines.close()
      const detail = `line ${number} is not “time value step”: ${line.slice(0, 80)}`
      throw new CapstanError('import/damaged', { file, detail })
    }
    yield { kind: 'metrics', at: timeOf(at), step: Number(step), values: { [key]: word(parsed) } }
  }
}

/** As Python prints it: nan, inf, -inf, 1e-05. */
function pythonFloat(text: string): number | null {
  const named = /^([+-]?)(nan|inf(inity)?)$/i.exec(text)
  if (named) return named[2]!.toLowerCase() === 'nan' ? Number.NaN : named[1] === '-' ? -Infinity : Infinity
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : null
}

async function readMeta(folder: string): Promise<Meta | null> {
  const file = join(folder, 'meta.yaml')
  const found = await lstat(file).catch(() => null)
  if (!found?.isFile()) return null
  if (found.size > MOST_META_BYTES)
    throw new CapstanError('import/damaged', { file, detail: `${found.size} bytes are too many` })
  try {
    const meta: unknown = parseYaml(await readFile(file, 'utf8'), { maxAliasCount: 0 })
    if (typeof meta === 'object' && meta !== null) return meta as Meta
  } catch (cause) {
    throw new CapstanError('import/damaged', { file, detail: (cause as Error).message }, { cause })
  }
  throw new CapstanError('import/damaged', { file, detail: 'it holds no fields' })
}

async function readValue(file: string): Promise<string | null> {
  const found = await lstat(file).catch(() => null)
  if (!found?.isFile() || found.size > MOST_VALUE_BYTES) return null
  return readFile(file, 'utf8')
}

/** Regular files under a folder, with slashes between, in a fixed order; links are not followed. */
async function* filesIn(folder: string): AsyncGenerator<{ path: string; file: string }> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.sort()) yield { path: relative(folder, file).replaceAll('\\', '/'), file }
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw new CapstanError('import/nothing', { path: folder, what: 'folder' }, { cause })
  })
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}
