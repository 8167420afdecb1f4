/** @file `capstan import`: brings runs from MLflow's stores and TensorBoard's event files. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { importAll } from '../imports/deliver.ts'
import { openFileStore } from '../imports/mlflow-files.ts'
import { openSqliteStore } from '../imports/mlflow-sqlite.ts'
import type { ImportSource } from '../imports/source.ts'
import { openTensorboard } from '../imports/tensorboard.ts'

export interface ImportOptions {
  workspace: string
  artifacts?: string
  json?: boolean
}

/** @param path a folder `mlruns`, or a file `mlflow.db` */
export async function importMlflow(context: Context, path: string, options: ImportOptions): Promise<number> {
  const found = statSync(resolve(context.cwd, path), { throwIfNoEntry: false })
  const at = resolve(context.cwd, path)
  const artifacts = options.artifacts === undefined ? null : resolve(context.cwd, options.artifacts)
  const source = found?.isFile() ? openSqliteStore(at, artifacts) : await openFileStore(at)
  return bring(context, source, options)
}

export async function importTensorboard(
  context: Context,
  path: string,
  options: ImportOptions,
): Promise<number> {
  return bring(context, await openTensorboard(resolve(context.cwd, path)), options)
}

/** @returns 0, or 65 when a run was left out because it is damaged */
async function bring(context: Context, source: ImportSource, options: ImportOptions): Promise<number> {
  const { screen, say } = context
  const connection = await connect(context, options.workspace, { workers: 0 })
  try {
    const report = await importAll(connection.client, source, {
      signal: context.signal,
      onRun: (done) => screen.status(say('import.progress', { done })),
    })
    screen.status('')
    if (options.json) {
      screen.line(JSON.stringify(report))
      return report.refused.length > 0 ? 65 : 0
    }
    const { runs, known, records, artifacts } = report
    screen.line(say('import.done', { runs, records, artifacts }))
    if (known > 0) screen.line(say('import.known', { known }))
    for (const [what, count] of Object.entries(report.skipped))
      screen.line(say('import.skipped', { what, count }))
    for (const { run, reason } of report.refused)
      screen.line(screen.paint('warn', say('import.refused', { run, reason })))
    return report.refused.length > 0 ? 65 : 0
  } finally {
    await connection.close()
  }
}
