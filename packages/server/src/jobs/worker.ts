/** @file Entry of a job worker process: claims runs from the server one by one and executes them. */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { ApiError, CapstanError, type Client, createClient, type Job } from '@capstan/api'
import { EngineError } from '@capstan/engine'
import { evaluateModel } from './evaluate.ts'
import { type Report, report } from './report.ts'
import { trainModel } from './train.ts'

/** A worker without work leaves, so that an idle server holds no training memory. */
const IDLE_SECONDS = 3
const POLL_MS = 200

const server = process.env.CAPSTAN_SERVER ?? ''
const client = createClient({ baseUrl: server, token: process.env.CAPSTAN_WORKER_TOKEN ?? '' })
const worker = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`
const stopping = new AbortController()

// the server has gone, or asks for an orderly stop
process.on('disconnect', () => process.exit(0))
process.on('message', (message) => {
  if (message === 'stop') stopping.abort()
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort())

await work(client)
process.disconnect?.()

async function work(capstan: Client): Promise<void> {
  let idleSince = Date.now()
  while (!stopping.signal.aborted && Date.now() - idleSince < IDLE_SECONDS * 1000) {
    const { job } = await capstan.jobs.claim({ body: { worker } })
    if (job) {
      await execute(capstan, job)
      idleSince = Date.now()
    } else {
      await new Promise((resume) => setTimeout(resume, POLL_MS))
    }
  }
}

async function execute(capstan: Client, job: Job): Promise<void> {
  const reporting = report(capstan, worker, job, stopping.signal)
  try {
    const finished =
      job.run.kind === 'train' ? trainModel(capstan, job, reporting) : evaluateModel(capstan, job, reporting)
    await reporting.end(await finished)
  } catch (error) {
    await giveUp(capstan, job, reporting, error)
  }
}

async function giveUp(capstan: Client, job: Job, reporting: Report, error: unknown): Promise<void> {
  if (error instanceof ApiError && error.body.code === 'run/lease-lost') return
  const { code, message } = describe(error)
  const body = { worker, attempt: job.run.attempt, cost: reporting.cost(), code, message }
  await capstan.jobs.fail({ params: { id: job.run.id }, body }).catch(() => undefined)
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof EngineError || error instanceof CapstanError)
    return { code: error.code, message: error.message }
  if (error instanceof ApiError) return { code: error.body.code, message: error.body.message }
  return {
    code: 'run/failed',
    message: error instanceof Error ? (error.stack ?? error.message).slice(0, 3900) : String(error),
  }
}
