/** @file Tells the server how a run goes: metrics, progress and cost in batches, with the lease's heartbeat. */
import type { BuiltInJob, Client, Run } from '@capstan/api'
import { cpuMeter } from './executors/meters.ts'
import { systemMeter } from './system.ts'

const EVERY_MS = 250

export interface Report {
  /** Aborts when the run was cancelled, its lease was lost, or the worker must stop. */
  readonly signal: AbortSignal
  metric(key: string, step: number, value: number): void
  update(
    state: Partial<{
      progress: NonNullable<Run['progress']>
      epochLosses: number[]
      validation: Run['validation']
      environment: Record<string, string>
    }>,
  ): void
  /** Saves a checkpoint with what its epochs measured; the points before it are sent first. */
  checkpoint(
    bytes: Uint8Array,
    at: { epoch: number; step: number },
    measured: Pick<Run, 'epochLosses' | 'validation'>,
  ): Promise<void>
  /** Sends nothing more. */
  close(): void
  cost(): { cpuSeconds: number; wallSeconds: number; peakMemoryBytes: number; energyJoules: number | null }
  /** Sends what is left, and then that the run has finished, or was given back. */
  end(result: { model?: string; probabilities?: string } | 'released' | 'cancelled'): Promise<void>
}

export function report(
  capstan: Client,
  worker: string,
  { run, leaseSeconds }: BuiltInJob,
  stopping: AbortSignal,
): Report {
  const params = { id: run.id }
  const holder = { worker, attempt: run.attempt }
  const aborter = new AbortController()
  const started = { cpu: process.cpuUsage(), at: performance.now() }
  let metrics: { key: string; step: number; value: number }[] = []
  let state: Parameters<Report['update']>[0] = {}
  let failure: unknown
  // one call at a time, in order
  let queue = Promise.resolve()
  let sentAt = 0

  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage(started.cpu)
    return (user + system) / 1e6
  }
  const energy = cpuMeter(cpuSeconds)
  const cost = () => ({
    cpuSeconds: cpuSeconds(),
    wallSeconds: (performance.now() - started.at) / 1000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    energyJoules: energy.joules(),
  })
  const system = systemMeter(run.cost.wallSeconds)
  const send = () => {
    sentAt = Date.now()
    const used = cost()
    metrics.push(...system({ ...used, residentBytes: process.memoryUsage.rss(), gpus: [] }))
    const body = { ...holder, ...state, metrics: metrics.splice(0, 5000), cost: used }
    state = {}
    queue = queue.then(async () => {
      const { stop } = await capstan.jobs.heartbeat({ params, body })
      if (stop) aborter.abort('cancelled')
    })
    queue.catch((error) => {
      failure ??= error
      aborter.abort('lost')
    })
  }
  const pulse = setInterval(send, (leaseSeconds * 1000) / 3)
  const stop = () => aborter.abort('stopping')
  stopping.addEventListener('abort', stop, { once: true })
  const flush = async () => {
    do send()
    while (metrics.length > 0)
    await queue
  }
  const close = () => {
    clearInterval(pulse)
    stopping.removeEventListener('abort', stop)
  }

  return {
    signal: aborter.signal,
    cost,
    close,
    metric: (key, step, value) => {
      metrics.push({ key, step, value })
    },
    update: (change) => {
      state = { ...state, ...change }
      if (Date.now() - sentAt >= EVERY_MS) send()
    },
    async checkpoint(bytes, at, measured) {
      const { hash } = await capstan.blobs.put({ body: bytes as Uint8Array<ArrayBuffer> })
      await flush()
      await capstan.jobs.checkpoint({ params, body: { ...holder, blob: hash, ...at, ...measured } })
    },
    async end(result) {
      close()
      if (failure) throw failure
      await flush()
      // also of a cancelled run, for what it cost to its end
      if (result === 'released' || result === 'cancelled') {
        await capstan.jobs.release({ params, body: { ...holder, cost: cost() } })
      } else {
        await capstan.jobs.finish({ params, body: { ...holder, cost: cost(), ...result } })
      }
      metrics = []
    },
  }
}
