/** @file Imports an MLflow SQLite database, which is only read. */
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CapstanError, type LogRecord } from '@capstan/api'
import Sqlite from 'libsql'
import { endOf, identityOf, pairRecord, timeOf } from './mlflow.ts'
import { byParent } from './mlflow-files.ts'
import { count, type ImportedRun, type ImportSource } from './source.ts'
import { keyFits, word } from './tensorboard.ts'

interface RunRow {
  run_uuid: string
  name: string | null
  user_id: string | null
  status: string | null
  start_time: number | null
  end_time: number | null
  artifact_uri: string | null
  lifecycle_stage: string
  experiment: string
  parent: string | null
}

/**
 * @param artifacts folder that the server kept artifacts in, for stores whose runs name `mlflow-artifacts:`
 * @throws {CapstanError} `import/damaged`, `import/nothing`
 */
export function openSqliteStore(path: string, artifacts: string | null): ImportSource {
  const file = resolve(path)
  const skipped = new Map<string, number>()
  const db = openReadOnly(file)
  const away = new Set<string>()
  return {
    skipped,
    close: () => db.close(),
    async *runs() {
      const children: ImportedRun[] = []
      const rows = db
        .prepare(
          `select r.*, e.name as experiment,
             (select value from tags t where t.run_uuid = r.run_uuid and t.key = 'mlflow.parentRunId') as parent
           from runs r join experiments e using (experiment_id) order by r.start_time, r.run_uuid`,
        )
        .iterate() as IterableIterator<RunRow>
      for (const row of rows) {
        if (row.lifecycle_stage === 'deleted') {
          count(skipped, 'deleted run')
          continue
        }
        const run = runOf(row)
        if (run.parent === null) yield run
        else children.push(run)
      }
      yield* byParent(children)
    },
  }

  function runOf(row: RunRow): ImportedRun {
    const identity = identityOf(row.run_uuid, file)
    let counted = false
    return {
      identity,
      name: row.name || identity.slice(0, 8),
      experiment: row.experiment,
      user: row.user_id ?? '',
      startedAt: timeOf(row.start_time),
      parent: row.parent && /^[\w.-]{1,64}$/.test(row.parent) ? row.parent : null,
      *records() {
        const note = counted ? () => undefined : (kind: string) => count(skipped, kind)
        for (const kind of ['params', 'tags'] as const) {
          const rows = db
            .prepare(`select key, value from ${kind} where run_uuid = ? order by key`)
            .iterate(identity) as IterableIterator<{ key: string; value: string }>
          for (const { key, value } of rows) {
            const record = pairRecord(kind, key, String(value))
            if (record) yield record
            else note(`${kind === 'params' ? 'parameter' : 'tag'} that is too long`)
          }
        }
        yield* pointsOf(identity, note)
        yield endOf(row.status, row.end_time, row.start_time)
        counted = true
      },
      artifacts: () => filesOf(row),
    }
  }

  function* pointsOf(identity: string, note: (kind: string) => void): Generator<LogRecord> {
    const rows = db
      .prepare(
        'select key, value, timestamp, step, is_nan from metrics where run_uuid = ? order by key, timestamp, step, value',
      )
      .iterate(identity) as IterableIterator<{
      key: string
      value: number
      timestamp: number
      step: number
      is_nan: number
    }>
    for (const { key, value, timestamp, step, is_nan } of rows) {
      if (!keyFits(key)) {
        note('name that is too long or has control characters')
        continue
      }
      yield {
        kind: 'metrics',
        at: timeOf(timestamp),
        step: Number(step),
        values: { [key]: word(is_nan ? Number.NaN : infinite(Number(value))) },
      }
    }
  }

  function* filesOf({ artifact_uri: uri, run_uuid: id }: RunRow): Generator<{ path: string; file: string }> {
    const folder = folderOf(uri ?? '')
    if (folder === null || !existsSync(folder) || !lstatSync(folder).isDirectory()) {
      // read twice, counted once
      if (uri && !away.has(id)) count(skipped, 'artifact folder that is not here')
      away.add(id)
      return
    }
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
    for (const entry of entries.filter((e) => e.isFile())) {
      const found = join(entry.parentPath, entry.name)
      yield { path: relative(folder, found).replaceAll('\\', '/'), file: found }
    }
  }

  function folderOf(uri: string): string | null {
    if (uri.startsWith('file:')) {
      try {
        return fileURLToPath(uri)
      } catch {
        return null
      }
    }
    if (/^[a-z-]+:/i.test(uri)) {
      // mlflow-artifacts:/EXPERIMENT/RUN/artifacts, kept by a server under a folder of its own
      const inside = /^mlflow-artifacts:\/*(?:[^/]*:\d+\/)?(.*)$/.exec(uri)?.[1]
      if (artifacts === null || !inside || inside.split('/').includes('..')) return null
      return join(resolve(artifacts), inside)
    }
    return uri === '' ? null : resolve(file, '..', uri)
  }
}

// MLflow stores infinities as the largest doubles
const infinite = (value: number): number =>
  Math.abs(value) >= 1.7976931348623157e308 ? Math.sign(value) * Infinity : value

function openReadOnly(file: string): Sqlite.Database {
  if (!existsSync(file)) throw new CapstanError('import/nothing', { path: file, what: 'database' })
  try {
    const db = new Sqlite(file, { readonly: true })
    const tables = new Set(
      (db.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[]).map(
        ({ name }) => name,
      ),
    )
    const missing = ['runs', 'experiments', 'metrics', 'params', 'tags'].filter((name) => !tables.has(name))
    if (missing.length === 0) return db
    db.close()
    throw new CapstanError('import/damaged', {
      file,
      detail: `no table ${missing.join(', ')}: not of MLflow`,
    })
  } catch (cause) {
    if (cause instanceof CapstanError) throw cause
    throw new CapstanError('import/damaged', { file, detail: (cause as Error).message }, { cause })
  }
}
