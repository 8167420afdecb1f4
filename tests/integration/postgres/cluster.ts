/** @file A PostgreSQL server of the tests' own, in a temporary folder and on a free port. */
import { execFileSync, spawn } from 'node:child_process'
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Cluster {
  url: string
  stop(): Promise<void>
}

/** Durable settings as they come: nothing is switched off for speed. */
export async function startCluster(): Promise<Cluster> {
  const bin = newestBin()
  const folder = mkdtempSync(join(tmpdir(), 'capstan-postgres-'))
  // PostgreSQL refuses to run as root
  const user = process.getuid?.() === 0 ? ids('postgres') : null
  if (user) chownSync(folder, user.uid, user.gid)
  const options = { cwd: folder, ...user, stdio: 'ignore' as const }
  execFileSync(
    join(bin, 'initdb'),
    ['-D', join(folder, 'data'), '-U', 'capstan', '-A', 'trust', '-E', 'UTF8'],
    options,
  )
  const port = await freePort()
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', join(folder, 'data'), '-p', String(port), '-k', folder],
    options,
  )
  const ended = new Promise((resolve) => server.once('exit', resolve))
  for (let tries = 0; !answers(bin, port); tries++) {
    if (tries > 100) throw new Error('PostgreSQL did not start')
    await new Promise((resume) => setTimeout(resume, 100))
  }
  return {
    url: `postgres://capstan@127.0.0.1:${port}/postgres`,
    async stop() {
      // waits for clients that are still leaving
      server.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function newestBin(): string {
  const base = '/usr/lib/postgresql'
  const [newest] = readdirSync(base).sort((a, b) => Number(b) - Number(a))
  return join(base, newest!, 'bin')
}

function ids(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function answers(bin: string, port: number): boolean {
  try {
    execFileSync(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'capstan'], {
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
