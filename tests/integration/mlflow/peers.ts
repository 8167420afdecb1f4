/** @file Unmodified MLflow from PyPI, the newest 2.x and the newest 3.x, each in an environment of its own. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Major = 2 | 3
// the newest 2.x does not know what SQLAlchemy 2.1 changed
const wanted = {
  2: ['mlflow<3', 'sqlalchemy<2.1'],
  3: ['mlflow>=3'],
} as const satisfies Record<Major, readonly string[]>

const program = (major: Major, name: string): string =>
  join(process.cwd(), '.cache', 'peers', `mlflow${major}`, 'bin', name)

/** Installs MLflow where it is missing. */
export function needMlflow(major: Major): void {
  if (existsSync(program(major, 'mlflow'))) return
  const folder = join(process.cwd(), '.cache', 'peers')
  mkdirSync(folder, { recursive: true })
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', join(folder, `mlflow${major}`)]],
    [program(major, 'pip'), ['install', '--quiet', ...wanted[major]]],
  ]
  for (const [command, args] of steps) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
  }
}

/** What the client saw, by question. */
export async function ask(
  major: Major,
  address: string,
  questions: 'surprises' | 'whole',
  environment: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const script = join(import.meta.dirname, 'client.py')
  const child = spawn(program(major, 'python'), [script, address, questions], {
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', ...environment },
  })
  let [said, complained] = ['', '']
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  child.stderr.on('data', (chunk) => {
    complained += chunk
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`${complained.slice(-3000)}\n${said.slice(-500)}`)
  const answers = said
    .split('\n')
    .filter((line) => line.startsWith('{"question"'))
    .map((line) => JSON.parse(line) as { question: string; answer: unknown })
  return Object.fromEntries(answers.map(({ question, answer }) => [question, answer]))
}

/** A real MLflow server on SQLite. */
export async function startMlflow(major: Major): Promise<{ address: string; stop(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-mlflow-'))
  const port = await freePort()
  const store = `sqlite:///${join(folder, 'mlflow.db')}`
  const child = spawn(
    program(major, 'mlflow'),
    [
      'server',
      ...['--backend-store-uri', store, '--artifacts-destination', join(folder, 'files')],
      ...['--port', String(port), '--workers', '1'],
    ],
    {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' },
    },
  )
  const address = `http://127.0.0.1:${port}`
  const stop = () => {
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL')
  }
  for (let i = 0; i < 400; i++) {
    const up = await fetch(`${address}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (up) return { address, stop }
    await new Promise((resume) => setTimeout(resume, 250))
  }
  stop()
  throw new Error('the MLflow server did not start')
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
