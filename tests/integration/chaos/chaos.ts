/** @file Kills server, worker or client with SIGKILL at random moments, and looks whether anything was lost. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient, type Run } from '@capstan/api'
import { runningServer } from '@capstan/server'
import { seeded } from '../../../packages/domain/src/chance/random.ts'
import { uploadDigits } from '../../e2e/server/world.ts'

const BATCHES = 40
const BATCH = 25
const STEPS = 30
const PATIENCE_MS = 180_000

export interface Round {
  round: number
  killed: 'server' | 'worker' | 'client'
  afterMs: number
  /** Attempts that the command took. */
  attempts: number
  trained: boolean
}

interface Site {
  workspace: string
  server: ChildProcess
  capstan: Client
}

/** One round after another on one workspace. @throws at the first thing that is lost, doubled or in a wrong state */
export async function chaos(rounds: number, seed: number, told: (round: Round) => void): Promise<void> {
  const chance = seeded(seed)
  const workspace = mkdtempSync(join(tmpdir(), 'capstan-chaos-'))
  const site: Site = { workspace, ...(await startServer(workspace)) }
  try {
    const training = await prepareTraining(site)
    for (let round = 0; round < rounds; round++) told(await play(site, round, chance, training))
    await verifyLedger(site)
    const { intact } = await site.capstan.loop.verifyActivity()
    if (!intact) throw new Error('the audit log is broken')
  } finally {
    site.server.kill('SIGKILL')
    rmSync(workspace, { recursive: true, force: true })
  }
}

async function startServer(workspace: string): Promise<Pick<Site, 'server' | 'capstan'>> {
  rmSync(join(workspace, 'server.json'), { force: true })
  const server = spawn(process.execPath, [join(import.meta.dirname, 'server.mjs'), workspace], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (;;) {
    const running = await runningServer(workspace)
    if (running) return { server, capstan: createClient({ baseUrl: running.address }) }
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`)
    await pause(50)
  }
}

interface Training {
  designId: string
  datasetVersionId: string
  /** Of a run that nothing disturbed. */
  losses: number[]
}

async function prepareTraining({ capstan }: Site): Promise<Training> {
  await capstan.resources.createPool({
    body: { name: 'machine', kind: 'compute', unit: 'min', capacity: [1000], rate: 60 },
  })
  const version = await uploadDigits(capstan, 600, 50)
  const layers = [{ type: 'flatten' as const }, { type: 'linear' as const, name: 'fc', in: 784, out: 10 }]
  const design = await capstan.designs.create({
    body: { name: 'linear', source: { input: [1, 28, 28], layers } },
  })
  const training = { designId: design.id, datasetVersionId: version.id, losses: [] as number[] }
  const { id } = await queueTraining(capstan, training)
  const run = await untilEnded(capstan, id)
  if (run.state !== 'finished') throw new Error(`the undisturbed training run is ${run.state}`)
  return { ...training, losses: run.epochLosses }
}

const queueTraining = (capstan: Client, { designId, datasetVersionId }: Training) =>
  capstan.runs.create({
    body: {
      name: 'training',
      designId,
      datasetVersionId,
      parameters: { epochs: 12, batchSize: 16, threads: 1 },
    },
  })

async function play(site: Site, round: number, chance: () => number, training: Training): Promise<Round> {
  const killed = (['server', 'worker', 'client'] as const)[Math.floor(chance() * 3)]!
  const afterMs = Math.floor(chance() * 1500)
  const trains = chance() < 0.34
  const { capstan, workspace } = site
  const tracked = await capstan.tracking.start({ body: { name: `writer ${round}` } })
  const command = await capstan.runs.command({
    body: {
      command: [process.execPath, join(import.meta.dirname, 'command.mjs'), String(STEPS)],
      folder: workspace,
      machine: hostname(),
      name: `command ${round}`,
      graceSeconds: 0,
    },
  })
  const trainingRun = trains ? await queueTraining(capstan, training) : null
  const acknowledged = join(workspace, `acknowledged-${round}`)
  const write = () =>
    spawn(
      process.execPath,
      [
        join(import.meta.dirname, 'writer.mjs'),
        workspace,
        tracked.id,
        acknowledged,
        String(BATCHES),
        String(BATCH),
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
  let writer = write()
  await pause(afterMs)
  if (killed === 'client') {
    await kill(writer)
    writer = write()
  } else if (killed === 'server') {
    await kill(site.server)
    Object.assign(site, await startServer(workspace))
  } else {
    await killWorker(site)
  }
  if (writer.exitCode === null) await new Promise((done) => writer.once('exit', done))
  if (writer.exitCode !== 0) throw new Error(`round ${round}: the writer ended with ${writer.exitCode}`)

  const ended = await untilEnded(site.capstan, command.id)
  expectCurve(round, await curve(site, tracked.id, 'value'), BATCHES * BATCH, (step) => step / 7)
  if (ended.state !== 'finished')
    throw new Error(`round ${round}: the command is ${ended.state} ${say(ended)}`)
  expectCurve(round, await curve(site, command.id, 'count'), STEPS, (step) => step * step)
  const left = marked(command.id)
  if (left.length > 0) throw new Error(`round ${round}: processes ${left} are left`)
  if (trainingRun) {
    const trained = await untilEnded(site.capstan, trainingRun.id)
    if (trained.state !== 'finished')
      throw new Error(`round ${round}: training is ${trained.state} ${say(trained)}`)
    if (JSON.stringify(trained.epochLosses) !== JSON.stringify(training.losses))
      throw new Error(`round ${round}: training gave ${trained.epochLosses}, undisturbed ${training.losses}`)
  }
  return { round, killed, afterMs, attempts: ended.attempt, trained: trains }
}

const say = (run: Run) => JSON.stringify(run.error)

async function killWorker({ capstan }: Site): Promise<void> {
  const { workers } = await capstan.workers.list()
  const busy = workers.find(({ runId }) => runId !== null) ?? workers[0]
  if (!busy) return
  try {
    process.kill(busy.pid, 'SIGKILL')
  } catch {
    // it had nothing more to do and has left
  }
}

const kill = (child: ChildProcess) =>
  new Promise<void>((done) => {
    if (child.exitCode !== null) return done()
    child.once('exit', () => done())
    child.kill('SIGKILL')
  })

async function untilEnded(capstan: Client, id: string): Promise<Run> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const run = await capstan.runs.get({ params: { id } })
    if (!['queued', 'running'].includes(run.state)) return run
    if (Date.now() > until)
      throw new Error(`run ${run.number} (${run.name}) is still ${run.state} ${say(run)}`)
    await pause(50)
  }
}

async function curve({ capstan }: Site, id: string, key: string) {
  return capstan.runs.metrics({ params: { id }, query: { key, max: 20_000 } })
}

/** Every acknowledged point once, with its value. */
function expectCurve(
  round: number,
  points: { step: number; value: number }[],
  count: number,
  valueAt: (step: number) => number,
): void {
  if (points.length !== count) throw new Error(`round ${round}: ${points.length} points, not ${count}`)
  points.forEach(({ step, value }, i) => {
    if (step !== i || value !== valueAt(step))
      throw new Error(`round ${round}: point ${i} is ${step}, ${value}`)
  })
}

/** What the ledger holds of a run is what the run says it cost. */
async function verifyLedger({ capstan }: Site): Promise<void> {
  const charged = new Map<string, number>()
  for (const { evidence, cost } of await capstan.resources.ledger({ query: { limit: 1000 } }))
    charged.set(evidence.id, (charged.get(evidence.id) ?? 0) + cost)
  for (const run of await capstan.runs.list({ query: { limit: 1000 } })) {
    if (run.kind === 'tracked') continue
    const entered = charged.get(run.id) ?? 0
    if (Math.abs(entered - run.cost.amount) > 1e-6 * Math.max(1, entered))
      throw new Error(`run ${run.number} says it cost ${run.cost.amount}, the ledger ${entered}`)
    if (run.cost.amount <= 0) throw new Error(`run ${run.number} cost nothing`)
  }
}

function marked(id: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`=run:${id}\0`)
    } catch {
      return false
    }
  })
}

const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms))
