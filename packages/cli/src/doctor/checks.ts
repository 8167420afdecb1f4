/** @file What `capstan doctor` looks at, one function each. */
import { existsSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { availableParallelism, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { CapstanError } from '@capstan/api'
import { runningServer, startServer } from '@capstan/server'
import { webRoot } from '../commands/start.ts'
import type { Context } from '../context.ts'
import { findIdxFiles, idxRoles } from '../data/idx-folder.ts'
import { mnistFolder } from '../data/mnist.ts'
import { failureOf } from '../failure.ts'
import { probeProvider } from './provider.ts'

export interface Check {
  state: 'ok' | 'warn' | 'fail'
  found: string
  /** What to do about it. */
  next?: string
}

export interface CheckInput {
  workspace: string
  host: string
  port: number
}

type Look = (context: Context, input: CheckInput) => Promise<Check>

const gibibyte = 2 ** 30
const oldestNode = [20, 19]

export const checks = {
  async node({ say }) {
    const [major, minor] = process.versions.node.split('.').map(Number)
    const fine = major! > oldestNode[0]! || (major === oldestNode[0] && minor! >= oldestNode[1]!)
    return fine
      ? { state: 'ok', found: process.versions.node }
      : { state: 'fail', found: process.versions.node, next: say('doctor.nodeNext') }
  },

  async cores({ say }) {
    const found = String(availableParallelism())
    return Number(found) >= 2
      ? { state: 'ok', found }
      : { state: 'warn', found, next: say('doctor.coresNext') }
  },

  async memory({ say }) {
    const found = `${(totalmem() / gibibyte).toFixed(1)} GiB`
    return totalmem() >= 2 * gibibyte
      ? { state: 'ok', found }
      : { state: 'warn', found, next: say('doctor.memoryNext') }
  },

  async disk({ say }, { workspace }) {
    let folder = workspace
    while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const found = say('doctor.diskFree', { free: `${(free / gibibyte).toFixed(1)} GiB`, folder })
    return free >= gibibyte ? { state: 'ok', found } : { state: 'warn', found, next: say('doctor.diskNext') }
  },

  async cpuProvider({ say }) {
    const { used, reason } = await probeProvider('cpu')
    return used === 'cpu'
      ? { state: 'ok', found: say('doctor.cpuWorks') }
      : { state: 'fail', found: reason ?? '', next: say('doctor.cpuNext') }
  },

  async gpuProvider({ say }) {
    const { used, reason } = await probeProvider('webgpu')
    return used === 'webgpu'
      ? { state: 'ok', found: say('doctor.gpuWorks') }
      : { state: 'ok', found: say('doctor.gpuNone', { reason: reason ?? '-' }) }
  },

  async data({ language, say }) {
    try {
      const folder = mnistFolder()
      const paths = await findIdxFiles(folder)
      for (const role of idxRoles) {
        const { size } = await stat(paths[role])
        if (size !== mnistBytes[role])
          throw new CapstanError('dataset/truncated', {
            file: paths[role],
            detail: `${size} / ${mnistBytes[role]} B.`,
          })
      }
      return { state: 'ok', found: say('doctor.dataFound', { folder }) }
    } catch (error) {
      return {
        state: 'fail',
        found: failureOf(error, language).text.split('\n')[0]!,
        next: say('doctor.dataNext'),
      }
    }
  },

  async page({ say }) {
    const root = webRoot()
    return root === undefined
      ? { state: 'warn', found: say('doctor.pageMissing'), next: say('doctor.pageNext') }
      : { state: 'ok', found: root }
  },

  async workspace({ language, say }, { workspace }) {
    const running = await runningServer(workspace)
    if (running) return { state: 'ok', found: say('doctor.running', { ...running, folder: workspace }) }
    if (!existsSync(join(workspace, 'capstan.db')))
      return { state: 'ok', found: say('doctor.noWorkspace', { folder: workspace }) }
    try {
      // opening it is the one true test of lock, schema and disk
      const server = await startServer({ workspace, port: 0, workers: 0, language })
      await server.close()
      return { state: 'ok', found: say('doctor.opens', { folder: workspace }) }
    } catch (error) {
      const [found, next] = failureOf(error, language).text.split('\n')
      return { state: 'fail', found: found!, next }
    }
  },

  async port({ language, say }, { host, port, workspace }) {
    const running = await runningServer(workspace)
    if (running && new URL(running.address).port === String(port))
      return { state: 'ok', found: say('doctor.portOurs', { port }) }
    if (await isFree(host, port)) return { state: 'ok', found: say('doctor.portFree', { port }) }
    const [found, next] = failureOf(
      new CapstanError('server/port-taken', { host, port: String(port), next: String(port + 1) }),
      language,
    ).text.split('\n')
    return { state: 'fail', found: found!, next }
  },
} satisfies Record<string, Look>

const mnistBytes = {
  'train-images': 47_040_016,
  'train-labels': 60_008,
  'test-images': 7_840_016,
  'test-labels': 10_008,
} as const

const isFree = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)))
  })
