/** @file Keeps enough worker processes for the queue, and takes back what lost workers held. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { afterLeaseExpired, defaultRetryPolicy, message, nextTurn } from '@capstan/domain'
import type { Context } from '../context.ts'
import { builtEntry } from '../entries.ts'
import { forgetWorker } from '../executions/store.ts'
import { changeRun, countRuns, expiredRuns, findRun, type RunRecord } from '../runs/store.ts'
import { settleLost } from './account.ts'
import { queueOn } from './claim.ts'
import { markOf } from './executors/local.ts'
import { killMarked } from './executors/processes.ts'
import { tidyScratch } from './scratch.ts'

const SWEEP_MS = 2000
const TIDY_MS = 3_600_000
const STOP_MS = 20_000
/** A worker that was started has asked for a run by then. */
const STARTING_MS = 3000
/** What may have made a run ready to start. */
const claimable: ReadonlySet<string> = new Set(['run.queued', 'run.recovered', 'run.released', 'run.retried'])

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
  const scratch = join(context.folder, 'scratch')
  const children = new Map<ChildProcess, number>()
  let closing = false
  let settling: Promise<unknown> = Promise.resolve()

  const start = () => {
    const child = fork(builtEntry('jobs/worker'), {
      env: {
        ...process.env,
        CAPSTAN_SERVER: options.address,
        CAPSTAN_WORKER_TOKEN: options.token,
        CAPSTAN_MACHINE: JSON.stringify(context.thisMachine()),
        CAPSTAN_SCRATCH: scratch,
      },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // a Ctrl-C in the terminal goes to the server alone, which stops its workers in order
      detached: true,
    })
    children.set(child, performance.now())
    child.stderr?.on('data', (text) => log.warn({ worker: child.pid }, String(text).trim()))
    child.on('exit', (code, signal) => {
      children.delete(child)
      if (code !== 0) log.warn({ worker: child.pid, code, signal }, 'a worker ended')
      settling = settling
        .then(() => forgetWorker(db, context.thisMachine().name, child.pid ?? 0))
        .then(recover)
        .then(need)
        .catch((error) => log.error(error))
    })
  }
  const need = async () => {
    if (closing || children.size >= options.limit) return
    // a run that waits for its time, or for room, needs no worker yet
    const turn = nextTurn(await queueOn(db, context.thisMachine(), context.now().toISOString()))
    const { queued } = await countRuns(db)
    if (closing || turn.kind !== 'start') return
    // those that have just been started have claimed nothing yet
    const young = [...children.values()].filter((born) => performance.now() - born < STARTING_MS).length
    for (let i = young; i < queued && children.size < options.limit; i++) start()
  }
  const recover = async () => {
    // on the embedded database every worker is a child of this process: no child, no lease
    const orphaned = context.dialect === 'sqlite' && children.size === 0
    const now = context.now()
    const horizon = orphaned ? new Date(now.getTime() + 3_600_000) : now
    const { name } = context.thisMachine()
    for (const run of await expiredRuns(db, horizon.toISOString())) {
      const here = run.execution.machine === null || run.execution.machine === name
      if (!here && orphaned && !(await isExpired(run.id))) continue
      // what the lost worker left must not go on beside the next try
      const killed = here ? killMarked(markOf(run.id)) : 0
      if (killed > 0) log.warn({ run: run.id, processes: killed }, 'processes of a lost worker were ended')
      await takeBack(context, run)
    }
  }
  const isExpired = async (id: string) =>
    (await expiredRuns(db, context.now().toISOString())).some((run) => run.id === id)
  const sweep = setInterval(
    () =>
      void recover()
        .then(need)
        .catch((error) => log.error(error)),
    SWEEP_MS,
  )
  const tidy = () =>
    void tidyScratch(scratch, (id) => findRun(db, id), context.now()).catch((error) => log.error(error))
  const tidying = setInterval(tidy, TIDY_MS)
  tidy()
  const leave = bus.subscribe(({ kind }) => {
    if (claimable.has(kind)) void need().catch((error) => log.error(error))
  })
  void recover().then(need)

  return {
    async close() {
      closing = true
      clearInterval(sweep)
      clearInterval(tidying)
      leave()
      const ended = [...children.keys()].map((child) => new Promise((done) => child.once('exit', done)))
      for (const child of children.keys()) child.send('stop', () => undefined)
      const patience = setTimeout(() => {
        for (const child of children.keys()) child.kill('SIGKILL')
      }, STOP_MS)
      await Promise.all(ended)
      clearTimeout(patience)
      await settling
    },
  }
}

/** Puts a run whose worker is gone back in the queue, or gives it up after too many tries. */
async function takeBack({ change, newId }: Context, run: RunRecord): Promise<void> {
  await change('capstan', async (tx) => {
    const charged = await settleLost(tx, newId, run)
    if (run.state === 'cancelled') {
      await changeRun(tx.db, run.id, (r) => ({ ...r, ...charged, worker: null }), null)
      return
    }
    const checkpoint = run.checkpoint && { id: run.checkpoint.blob, epoch: run.checkpoint.epoch }
    const recovery = afterLeaseExpired(
      { attempt: run.attempt, epochsDone: run.epochLosses.length, checkpoint },
      tx.at,
      // tries that the command itself failed are counted apart
      { ...defaultRetryPolicy, attempts: defaultRetryPolicy.attempts + run.execution.failures },
    )
    const { name, number } = run
    if (recovery.kind === 'give-up') {
      const ended = {
        ...charged,
        state: recovery.state,
        error: recovery.message,
        endedAt: tx.at,
        worker: null,
      }
      await changeRun(tx.db, run.id, (r) => ({ ...r, ...ended }), null)
      await tx.record('run', recovery.state, run.id, { name, number, message: recovery.message })
      return
    }
    // the first try after a lost worker is at once; only repeated losses wait
    const notBefore = run.attempt <= 1 ? null : recovery.notBefore
    await changeRun(
      tx.db,
      run.id,
      (r) => ({ ...r, ...charged, state: 'queued', worker: null, notBefore }),
      null,
    )
    const said =
      run.kind === 'command' ? message('command.recovered', { attempt: run.attempt }) : recovery.message
    await tx.record('run', 'recovered', run.id, { name, number, message: said })
  })
}
