/** @file Imports TensorBoard event files: every folder that holds some is a run. */
import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { CapstanError, LogKey, type LogRecord, lastInstant } from '@capstan/api'
import { readEvent, readHparams, type TensorboardEvent } from './event.ts'
import { count, type ImportedRun, type ImportSource } from './source.ts'
import { readRecords } from './tfrecord.ts'

/** A file of more differently named curves than this is no log. */
const MOST_TAGS = 100_000

/** @throws {CapstanError} `import/nothing` when no event file is there */
export async function openTensorboard(folder: string): Promise<ImportSource> {
  const root = resolve(folder)
  const files = await eventFiles(root)
  if (files.size === 0)
    throw new CapstanError('import/nothing', { path: folder, what: 'TensorBoard event file' })
  const skipped = new Map<string, number>()
  return {
    skipped,
    close: () => undefined,
    async *runs() {
      for (const [path, names] of files) yield await runOf(root, path, names, skipped)
    },
  }
}

/** Event files by their folder, in the order of their names, which begin with their time. */
async function eventFiles(root: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  const own = await stat(root).catch(() => null)
  if (own === null) throw new CapstanError('import/nothing', { path: root, what: 'folder' })
  if (own.isFile()) return new Map([[join(root, '..'), [basename(root)]]])
  // links are not followed: they may lead out, or round in a circle
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.includes('tfevents')) continue
    const names = found.get(entry.parentPath) ?? []
    found.set(entry.parentPath, [...names, entry.name])
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, names]) => [path, names.sort()]))
}

async function runOf(
  root: string,
  folder: string,
  names: readonly string[],
  skipped: Map<string, number>,
): Promise<ImportedRun> {
  const inside = relative(root, folder).replaceAll('\\', '/')
  const first = await firstEvent(folder, names)
  const digest = createHash('sha256').update(`${inside}\n${names[0]}\n${first}`).digest('hex')
  let counted = false
  return {
    identity: `tb_${digest.slice(0, 32)}`,
    name: inside || basename(folder),
    experiment: basename(root) || 'tensorboard',
    user: '',
    startedAt: millisecondsOf(first),
    parent: null,
    async *records() {
      // read twice, counted once
      const note = counted ? () => undefined : (kind: string) => count(skipped, kind)
      yield* recordsOf(folder, names, note)
      counted = true
    },
    artifacts: () => [],
  }
}

async function firstEvent(folder: string, names: readonly string[]): Promise<number> {
  for (const name of names)
    for await (const bytes of readRecords(join(folder, name))) {
      const { wallTime } = parse(join(folder, name), bytes)
      return wallTime
    }
  return 0
}

async function* recordsOf(
  folder: string,
  names: readonly string[],
  skip: (kind: string) => void,
): AsyncGenerator<LogRecord> {
  const plugins = new Map<string, string>()
  let last = 0
  let failed = false
  for (const name of names) {
    const file = join(folder, name)
    for await (const bytes of readRecords(file)) {
      const event = parse(file, bytes)
      if (event.other) skip('graph, log or session')
      const at = millisecondsOf(event.wallTime)
      last = Math.max(last, at)
      const values: Record<string, number | 'NaN' | 'Infinity' | '-Infinity'> = {}
      for (const value of event.values) {
        // the first value of a tag says for all of them whose it is
        const plugin = value.plugin || (plugins.get(value.tag) ?? '')
        if (value.plugin !== '' && !plugins.has(value.tag)) {
          if (plugins.size >= MOST_TAGS)
            throw new CapstanError('import/damaged', { file, detail: `more than ${MOST_TAGS} tags` })
          plugins.set(value.tag, value.plugin)
        }
        if (plugin === 'hparams') {
          const { start, failed: ended } = readHparams(value.content)
          failed ||= ended
          if (start) yield* params(start.params, skip)
        } else if (value.value !== null && (value.other === null || plugin === 'scalars' || plugin === '')) {
          if (keyFits(value.tag)) values[value.tag] = word(value.value)
          else skip('name that is too long or has control characters')
        } else skip(plugin || value.other || 'empty value')
      }
      if (Object.keys(values).length > 0) yield { kind: 'metrics', at, step: event.step, values }
    }
  }
  yield { kind: 'end', at: last, state: failed ? 'failed' : 'finished' }
}

/** A clock that was wrong is set to the nearest instant that can be shown. */
const millisecondsOf = (seconds: number): number =>
  Number.isNaN(seconds) ? 0 : Math.min(Math.max(0, Math.round(seconds * 1000)), lastInstant)

function* params(given: Record<string, string>, skip: (kind: string) => void): Generator<LogRecord> {
  for (const [key, value] of Object.entries(given)) {
    if (keyFits(key) && value.length <= 6000) yield { kind: 'params', values: { [key]: value } }
    else skip('hyperparameter that is too long')
  }
}

export const keyFits = (key: string): boolean => LogKey.safeParse(key).success

export const word = (value: number): number | 'NaN' | 'Infinity' | '-Infinity' =>
  Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity')

function parse(file: string, bytes: Uint8Array): TensorboardEvent {
  try {
    return readEvent(bytes)
  } catch (cause) {
    throw new CapstanError(
      'import/damaged',
      { file, detail: `no event: ${(cause as Error).message}` },
      { cause },
    )
  }
}
