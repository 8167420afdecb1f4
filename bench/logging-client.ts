/** @file What a logged point costs the training loop: the spooling client against one request a point. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@capstan/api'
import { startRun } from '@capstan/api/logging'
import { startServer } from '@capstan/server'
import { type Figure, median } from './figure.ts'

const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
const POINTS = smoke ? 500 : 50_000
const REQUESTS = smoke ? 20 : 400
const ROUNDS = smoke ? 1 : 5

export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-bench-logging-'))
  const server = await startServer({ workspace: join(folder, 'workspace'), port: 0, workers: 0 })
  const ours: number[] = []
  const theirs: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await spooled(server.address, join(folder, 'spool')))
      theirs.push(await requested(server.address))
    }
  } finally {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const [mine, other] = [median(ours), median(theirs)]
  return [
    {
      bench: 'logging-client',
      figure: 'time that one point takes from the training loop',
      ours: mine,
      peer: 'fetch and await, a request a point',
      theirs: other,
      unit: 'microseconds',
      ratio: other / mine,
    },
  ]
}

/** Microseconds a point; what arrives in the background is waited for, and checked, outside the clock. */
async function spooled(server: string, spool: string): Promise<number> {
  const logged = startRun({ name: 'bench', server, spool, patience: 300 })
  const began = performance.now()
  for (let step = 0; step < POINTS; step++) logged.log({ loss: 1 / (step + 1) }, { step })
  const took = performance.now() - began
  const { waiting, lost, delivered } = await logged.finish()
  if (waiting !== 0 || lost !== 0 || delivered !== POINTS + 1) throw new Error('points are missing')
  return (took * 1000) / POINTS
}

async function requested(baseUrl: string): Promise<number> {
  const client = createClient({ baseUrl })
  const { id } = await client.tracking.start({ body: { name: 'bench peer' } })
  const began = performance.now()
  for (let step = 0; step < REQUESTS; step++) {
    const metrics = [{ key: 'loss', value: 1 / (step + 1), step, at: Date.now() }]
    await client.tracking.log({ params: { id }, body: { metrics } })
  }
  return ((performance.now() - began) * 1000) / REQUESTS
}
