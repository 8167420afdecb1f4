/** @file A real MLflow server from PyPI on one of its own stores. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'

export interface MlflowPeer {
  address: string
  stop(): void
}

/** @param python of the environment that has MLflow */
export async function startMlflow(
  python: string,
  folder: string,
  store: 'sqlite' | 'file',
): Promise<MlflowPeer> {
  const port = await freePort()
  const uri = store === 'sqlite' ? `sqlite:///${join(folder, 'mlflow.db')}` : `file://${join(folder, 'runs')}`
  const child: ChildProcess = spawn(
    python,
    [
      ...['-m', 'mlflow', 'server', '--backend-store-uri', uri, '--port', String(port), '--workers', '1'],
      ...['--artifacts-destination', join(folder, 'files')],
    ],
    {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_ALLOW_FILE_STORE: 'true' },
    },
  )
  const stop = () => {
    process.off('exit', stop)
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL')
  }
  // a group of its own outlives whoever started it
  process.on('exit', stop)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const address = `http://127.0.0.1:${port}`
  for (let i = 0; i < 400 && child.exitCode === null; i++) {
    const up = await fetch(`${address}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (up) return { address, stop }
    await new Promise((resume) => setTimeout(resume, 250))
  }
  stop()
  throw new Error(`the MLflow server on its ${store} store did not start`)
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
