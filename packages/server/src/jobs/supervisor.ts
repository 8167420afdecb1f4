/** @file Keeps enough worker processes for the queue, and takes back what lost workers held. */
import { type ChildProcess, fork } from 'node:child_process'
import { afterLeaseExpired } from '@capstan/domain'
import type { Context } from '../context.ts'
import { builtEntry } from '../entries.ts'
import { changeRun, countRuns, expiredRuns, type RunRecord } from '../runs/store.ts'

const SWEEP_MS = 2000
const STOP_MS = 20_000

export interface Supervisor {
  /** Stops the workers in order: each checkpoints and gives its run back. */
  close(): Promise<void>
}

/** @param limit number of worker processes at a time; 0 leaves the queue to workers elsewhere */
export function supervise(
  context: Context,
  options: { address: string; token: string; limit: number },
): Supervisor {
  const { db, bus, log } = context
  const children = new Set<ChildProcess>()
  let closing = false

  const start = () => {
    const child = fork(builtEntry('jobs/worker'), {
      env: { ...process.env, CAPSTAN_SERVER: options.address, CAPSTAN_WORKER_TOKEN: options.token },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // a Ctrl-C in the terminal goes to the server alone, which stops its workers in order
      detached: true,
    })
    children.add(child)
    child.stderr?.on('data', (text) => log.warn({ worker: child.pid }, String(text).trim()))
    child.on('exit', (code, signal) => {
      children.delete(child)
      if (code !== 0) log.warn({ worker: child.pid, code, signal }, 'a worker ended')
      void recover().then(need)
    })
  }
  const need = async () => {
    if (closing || children.size >= options.limit) return
    const { live } = await countRuns(db)
    if (!closing && live > 0 && children.size < options.limit) start()
  }
  const recover = async () => {
    // on the embedded database every worker is a child of this process: no child, no lease
    const orphaned = context.dialect === 'sqlite' && children.size === 0
    const now = context.now()
    const horizon = orphaned ? new Date(now.getTime() + 3_600_000) : now
    for (const run of await expiredRuns(db, horizon.toISOString())) await takeBack(context, run)
  }
  const sweep = setInterval(
    () =>
      void recover()
        .then(need)
        .catch((error) => log.error(error)),
    SWEEP_MS,
  )
  const leave = bus.subscribe(({ kind }) => {
    if (kind === 'run.queued' || kind === 'run.recovered') void need()
  })
  void recover().then(need)

  return {
    async close() {
      closing = true
      clearInterval(sweep)
      leave()
      const ended = [...children].map((child) => new Promise((done) => child.once('exit', done)))
      for (const child of children) child.send('stop', () => undefined)
      const patience = setTimeout(() => {
        for (const child of children) child.kill('SIGKILL')
      }, STOP_MS)
      await Promise.all(ended)
      clearTimeout(patience)
    },
  }
}

/** Puts a run whose worker is gone back in the queue, or gives it up after too many tries. */
async function takeBack({ change }: Context, run: RunRecord): Promise<void> {
  await change('capstan', async (tx) => {
    const checkpoint = run.checkpoint && { id: run.checkpoint.blob, epoch: run.checkpoint.epoch }
    const recovery = afterLeaseExpired(
      { attempt: run.attempt, epochsDone: run.epochLosses.length, checkpoint },
      tx.at,
    )
    const { name, number } = run
    if (recovery.kind === 'give-up') {
      const ended = { state: recovery.state, error: recovery.message, endedAt: tx.at, worker: null }
      await changeRun(tx.db, run.id, (r) => ({ ...r, ...ended }), null)
      await tx.record('run', recovery.state, run.id, { name, number, message: recovery.message })
      return
    }
    // the first try after a lost worker is at once; only repeated losses wait
    const notBefore = run.attempt <= 1 ? null : recovery.notBefore
    await changeRun(tx.db, run.id, (r) => ({ ...r, state: 'queued', worker: null, notBefore }), null)
    await tx.record('run', 'recovered', run.id, { name, number, message: recovery.message })
  })
}
