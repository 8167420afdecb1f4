/** @file Entry of a job worker process: claims runs from the server one by one and executes them. */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import {
  ApiError,
  type BuiltInJob,
  type Client,
  type CostInput as CostSoFar,
  createClient,
  type Job,
  type Machine,
} from '@capstan/api'
import { describeFailure, executeCommand } from './command.ts'
import { localExecutor } from './executors/local.ts'
import { report } from './report.ts'

/** A worker without work leaves, so that an idle server holds no training memory. */
const IDLE_SECONDS = 3
const POLL_MS = 200
/** A command that is told to end because the server has gone gets no longer than this. */
const ORPHAN_MS = 6000

const address = process.env.CAPSTAN_SERVER ?? ''
const capstan = createClient({ baseUrl: address, token: process.env.CAPSTAN_WORKER_TOKEN ?? '' })
const machine = JSON.parse(process.env.CAPSTAN_MACHINE ?? 'null') as Machine | null
const scratch = process.env.CAPSTAN_SCRATCH ?? '.'
const worker = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`
const stopping = new AbortController()
let busy = false

process.on('disconnect', () => {
  // the server has gone: nothing may go on that another worker will start again
  stopping.abort('gone')
  if (!busy) process.exit(0)
  setTimeout(() => process.exit(0), ORPHAN_MS).unref()
})
process.on('message', (message) => {
  if (message === 'stop') stopping.abort('stop')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort('stop'))

await work(capstan)
process.exit(0)

async function work(client: Client): Promise<void> {
  let idleSince = Date.now()
  while (!stopping.signal.aborted && Date.now() - idleSince < IDLE_SECONDS * 1000) {
    const body = { worker, pid: process.pid, ...(machine === null ? {} : { machine }) }
    const { job } = await client.jobs.claim({ body })
    if (job) {
      await execute(client, job)
      idleSince = Date.now()
    } else {
      await new Promise((resume) => setTimeout(resume, POLL_MS))
    }
  }
}

async function execute(client: Client, job: Job): Promise<void> {
  busy = true
  try {
    if ('source' in job) await executeBuiltIn(client, job)
    else
      await executeCommand(
        {
          capstan: client,
          address,
          worker,
          machine: machine?.name ?? hostname(),
          scratch,
          executor: localExecutor,
          stopping: stopping.signal,
        },
        job,
      )
  } catch (error) {
    await giveUp(client, job, error)
  } finally {
    busy = false
  }
}

async function executeBuiltIn(client: Client, job: BuiltInJob): Promise<void> {
  if (stopping.signal.reason === 'gone') process.exit(0)
  // what it did so far is in its checkpoint; nobody is there to hear of the rest
  const leave = () => stopping.signal.reason === 'gone' && process.exit(0)
  stopping.signal.addEventListener('abort', leave)
  const reporting = report(client, worker, job, stopping.signal)
  try {
    // the engine is loaded by those that need it: a worker of commands stays small
    const finished =
      job.run.kind === 'train'
        ? (await import('./train.ts')).trainModel(client, job, reporting)
        : (await import('./evaluate.ts')).evaluateModel(client, job, reporting)
    await reporting.end(await finished)
  } catch (error) {
    reporting.close()
    await giveUp(client, job, error, reporting.cost())
  } finally {
    stopping.signal.removeEventListener('abort', leave)
  }
}

const nothing = { cpuSeconds: 0, wallSeconds: 0, peakMemoryBytes: 0 }

async function giveUp(
  client: Client,
  { run }: Job,
  error: unknown,
  cost: CostSoFar = nothing,
): Promise<void> {
  if (error instanceof ApiError && error.body.code === 'run/lease-lost') return
  const { code, message } = await described(error)
  const body = { worker, attempt: run.attempt, cost, code, message }
  await client.jobs.fail({ params: { id: run.id }, body }).catch(() => undefined)
}

async function described(error: unknown): Promise<{ code: string; message: string }> {
  const { EngineError } = await import('@capstan/engine')
  return error instanceof EngineError ? { code: error.code, message: error.message } : describeFailure(error)
}
