/** @file Imports of stores that the real MLflow, 2.x and 3.x, and a real TensorBoard writer have written. */
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@capstan/api'
import { startServer } from '@capstan/server'
import { afterAll, describe, expect, test } from 'vitest'
import { capstan } from '../../e2e/cli/capstan.ts'
import { pythonWith, run } from './python.ts'

const folders: string[] = []
const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-imports-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

interface Report {
  runs: number
  known: number
  records: number
  artifacts: number
  skipped: Record<string, number>
  refused: { run: string; reason: string }[]
}

/** By the command, as a person does. */
async function importOf(kind: string, path: string, workspace: string, words: string[] = []) {
  const { exit, out, err } = await capstan([
    'import',
    kind,
    path,
    '--json',
    '--workspace',
    workspace,
    ...words,
  ])
  return { exit, err, report: JSON.parse(out || 'null') as Report }
}

async function onServer<T>(
  workspace: string,
  look: (client: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T> {
  const server = await startServer({ workspace, port: 0, workers: 0 })
  try {
    return await look(createClient({ baseUrl: server.address }))
  } finally {
    await server.close()
  }
}

describe.each([
  ['2.x', 'import-mlflow2', ['mlflow<3', 'sqlalchemy<2.1']],
  ['3.x', 'import-mlflow3', ['mlflow>=3']],
])('MLflow %s', (_, name, packages) => {
  test.each([
    'file store',
    'SQLite database',
  ])('%s: every run once, however often it is imported', async (kind) => {
    const python = pythonWith(name, packages)
    const [folder, workspace] = [temporary(), temporary()]
    const files = kind === 'file store'
    const path = files ? join(folder, 'mlruns') : join(folder, 'mlflow.db')
    const script = new URL('./write-mlflow.py', import.meta.url).pathname
    const env = { ...process.env, MLFLOW_ALLOW_FILE_STORE: 'true', GIT_PYTHON_REFRESH: 'quiet' }
    const out = run(python, [script, files ? `file://${path}` : `sqlite:///${path}`], { cwd: folder, env })
    const ids = JSON.parse(out.trim().split('\n').at(-1)!) as Record<'parent' | 'child' | 'failed', string>

    const first = await importOf('mlflow', path, workspace)
    expect(first).toMatchObject({ exit: 0, report: { runs: 3, known: 0, artifacts: 1, refused: [] } })
    expect(first.report.skipped['deleted run']).toBe(1)
    const again = await importOf('mlflow', path, workspace)
    expect(again.report).toMatchObject({ runs: 0, known: 3, records: 0 })

    await onServer(workspace, async (client) => {
      const runs = await client.runs.list()
      expect(runs.map(({ name: n, state }) => [n, state]).sort()).toEqual([
        ['child', 'finished'],
        ['failed', 'failed'],
        ['parent', 'finished'],
      ])
      const detail = await client.tracking.get({ params: { id: ids.parent } })
      expect(JSON.stringify(detail)).toContain('名称')
      expect(JSON.stringify(detail)).toContain('first line\\nsecond line')
      const loss = await client.runs.metrics({ params: { id: ids.parent }, query: { key: 'loss' } })
      expect(loss.map(({ step, value }) => [step, value])).toEqual(
        Array.from({ length: 50 }, (__, step) => [step, 1 / (step + 1)]),
      )
      expect((await client.runs.get({ params: { id: ids.child } })).parentRunId).toBe(ids.parent)
      const experiments = await client.experiments.list()
      expect(experiments.map((experiment) => experiment.name)).toContain('imported 数字')
    })
  })
})

test('TensorBoard: scalars and hyperparameters once; half an event waits, damage is refused', async () => {
  const python = pythonWith('import-tensorboard', ['tensorboardX', 'pillow', 'numpy'])
  const [folder, workspace] = [temporary(), temporary()]
  run(python, [new URL('./write-tensorboard.py', import.meta.url).pathname, folder])
  const first = await importOf('tensorboard', folder, workspace)
  expect(first).toMatchObject({ exit: 0, report: { runs: 4, refused: [] } })
  expect(first.report.skipped).toMatchObject({ histogram: 2, image: 2, text: 2 })
  expect((await importOf('tensorboard', folder, workspace)).report).toMatchObject({
    runs: 0,
    known: 4,
    records: 0,
  })
  await onServer(workspace, async (client) => {
    const runs = await client.runs.list()
    expect(runs.map(({ name }) => name).sort()).toEqual(['a', 'a/trial', 'nested/b', 'nested/b/trial'])
    const id = runs.find(({ name }) => name === 'nested/b')!.id
    const loss = await client.runs.metrics({ params: { id }, query: { key: 'train/loss' } })
    expect(loss.map(({ value }) => value)).toEqual(
      Array.from({ length: 100 }, (_, s) => Math.fround(2 / (s + 1))),
    )
    const trial = runs.find(({ name }) => name === 'a/trial')!.id
    expect(JSON.stringify(await client.tracking.get({ params: { id: trial } }))).toContain('adam')
  })

  // half an event at the end is one that is being written; a changed byte is damage
  const inside = join(folder, 'a')
  const file = join(inside, readdirSync(inside).find((name) => name.includes('tfevents'))!)
  truncateSync(file, statSync(file).size - 5)
  expect((await importOf('tensorboard', folder, workspace)).exit).toBe(0)
  writeFileSync(file, 'not an event file, but long enough to be looked at')
  const damaged = await importOf('tensorboard', folder, temporary())
  expect(damaged.exit).toBe(65)
})

test('what is no store is refused with its reason', async () => {
  const workspace = temporary()
  const folder = temporary()
  expect(await importOf('mlflow', join(folder, 'nothing'), workspace)).toMatchObject({ exit: 66 })
  expect(await importOf('tensorboard', folder, workspace)).toMatchObject({ exit: 66 })
  writeFileSync(join(folder, 'text.db'), 'this is no database at all, whatever it is called')
  const { exit, err } = await importOf('mlflow', join(folder, 'text.db'), workspace)
  expect(exit).toBe(65)
  expect(err).toContain('text.db')
})
