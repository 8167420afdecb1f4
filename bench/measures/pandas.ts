/** @file A notebook's way: pandas over the exported runs, filtered and folded at every read; loading is not counted. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import Sqlite from 'libsql'

export interface Pandas {
  ask(question: object): Promise<unknown>
  stop(): Promise<void>
}

const home = join(process.cwd(), '.cache/bench-pandas')
const python = join(home, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')

/** Null where there is no Python or no package index. */
export async function startPandas(folder: string): Promise<Pandas | null> {
  if (!existsSync(python) && !install()) {
    console.log('pandas could not be installed; its figures are left out')
    return null
  }
  const db = new Sqlite(join(folder, 'peer.db'), { readonly: true })
  const rows = db.prepare('select * from plain_runs').all() as Record<string, unknown>[]
  db.close()
  const csv = join(folder, 'runs.csv')
  const names = ['id', 'at', 'team', 'state', 'acc', 'cost', 'seconds']
  writeFileSync(
    csv,
    [names.join(','), ...rows.map((row) => names.map((name) => row[name]).join(','))].join('\n'),
  )
  const child = spawn(python, [join(process.cwd(), 'bench/measures/peer.py'), csv], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      return JSON.parse((await lines.next()).value as string)
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.stdin.end()
      await ended
    },
  }
}

function install(): boolean {
  const run = (command: string, ...words: string[]) =>
    spawnSync(command, words, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
  return (
    run('python3', '-m', 'venv', home) &&
    run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'pandas==2.3.3')
  )
}
