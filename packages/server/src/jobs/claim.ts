/** @file Claims: the next run by priority, fair share and room, given to one worker under a lease. */
import { type BuiltInJob, CapstanError, type CommandJob, isBuiltIn, type Machine } from '@capstan/api'
import {
  type FairShare,
  leaseSeconds,
  leaseUntil,
  type Needs,
  nextTurn,
  type Queue,
  roomLeft,
  shareOfMachine,
} from '@capstan/domain'
import type { Change } from '../context.ts'
import type { Db } from '../database/records.ts'
import { datasetVersions } from '../datasets/store.ts'
import { designs } from '../designs/store.ts'
import {
  lockQueue,
  printedBytes,
  readCapture,
  runningOn,
  touchWorker,
  waitingRuns,
} from '../executions/store.ts'
import { approvedAllocation, pools, usedOfPool } from '../resources/store.ts'
import { secondsOf } from '../resources/units.ts'
import { changeRun, listRuns, publicRun, type RunRecord } from '../runs/store.ts'

/** What a running run counts for in its initiative's share before its cost is known. */
const UNKNOWN_SECONDS = 60

export interface Claimant {
  worker: string
  pid: number
  machine: Machine
}

/** Gives the next run to a worker; two claims never get the same one. @param tokenOf lets a command speak to the server */
export async function claimNext(
  tx: Change,
  claimant: Claimant,
  tokenOf: (runId: string) => string,
): Promise<BuiltInJob | CommandJob | null> {
  const { db, at } = tx
  const { machine, worker, pid } = claimant
  await lockQueue(db)
  const turn = nextTurn(await queueOn(db, machine, at))
  const seen = { id: worker, machine, pid }
  if (turn.kind !== 'start') {
    await touchWorker(db, { ...seen, runId: null }, Date.parse(at))
    return null
  }
  await touchWorker(db, { ...seen, runId: turn.run.id }, Date.parse(at))
  const held = await runningOn(db, machine.name)
  const run = await changeRun(
    db,
    turn.run.id,
    (r) => {
      const { cores, gpus } = r.execution
      return {
        ...r,
        state: 'running',
        worker,
        attempt: r.attempt + 1,
        startedAt: r.startedAt ?? at,
        endedAt: null,
        error: null,
        earlier: earlierOf(r),
        earlierPoolSeconds: r.earlierPoolSeconds + (r.cost.wallSeconds - r.earlier.wallSeconds) * r.share,
        share:
          cores === null && gpus === 0 ? 1 / machine.slots : shareOfMachine(turn.run.needs, totalOf(machine)),
        notBefore: null,
        execution: {
          ...r.execution,
          machine: machine.name,
          cpus:
            cores === null
              ? []
              : lowestFree(
                  machine.cores,
                  held.flatMap(({ cpus }) => cpus),
                  cores,
                ),
          gpuIds: lowestFree(
            machine.gpus,
            held.flatMap(({ gpuIds }) => gpuIds),
            gpus,
          ),
          exitCode: null,
        },
      }
    },
    leaseUntil(at),
  )
  const { name, number, kind, attempt, checkpoint } = run
  await tx.record('run', 'started', run.id, {
    name,
    number,
    kind,
    attempt,
    fromEpoch: checkpoint?.epoch ?? 0,
  })
  return kind === 'command' ? commandJob(db, run, tokenOf(run.id)) : builtInJob(db, run)
}

/** What a claim of this machine decides by. */
export async function queueOn(db: Db, machine: Machine, now: string): Promise<Queue> {
  const total = totalOf(machine)
  const held = await runningOn(db, machine.name)
  return {
    waiting: await waitingRuns(db),
    shares: await sharesOf(db),
    machine: {
      total,
      free: roomLeft(
        total,
        held.map(({ needs }) => needs),
      ),
    },
    now,
  }
}

const totalOf = ({ cores, memoryBytes, gpus }: Machine): Needs => ({ cores, memoryBytes, gpus })

/** Compute that each initiative was granted, and what it has had since its cycle began, in seconds. */
async function sharesOf(db: Db): Promise<Map<string | null, FairShare>> {
  const shares = new Map<string | null, FairShare>()
  const add = (initiativeId: string | null, change: Partial<FairShare>) => {
    const { weight, used } = shares.get(initiativeId) ?? { weight: 0, used: 0 }
    shares.set(initiativeId, { weight: weight + (change.weight ?? 0), used: used + (change.used ?? 0) })
  }
  const allocation = await approvedAllocation(db)
  for (const { id, kind, unit } of await pools.list(db)) {
    if (kind !== 'compute') continue
    const seconds = secondsOf(unit)
    for (const { initiativeId, poolId, amount } of allocation?.grants ?? [])
      if (poolId === id) add(initiativeId, { weight: amount * seconds })
    for (const { initiativeId, quantity } of await usedOfPool(db, id, allocation))
      add(initiativeId, { used: quantity * seconds })
  }
  // what runs now will cost before anybody has paid for it
  for (const run of await listRuns(db, { state: 'running', limit: 1000 })) {
    if (run.kind === 'tracked') continue
    const due =
      (run.estimatedSeconds ?? UNKNOWN_SECONDS) * run.share - (run.chargedSeconds - run.earlierPoolSeconds)
    add(run.initiativeId, { used: Math.max(0, due) })
  }
  return shares
}

function lowestFree(count: number, taken: readonly number[], wanted: number): number[] {
  const free = Array.from({ length: Math.floor(count) }, (_, i) => i).filter((i) => !taken.includes(i))
  return free.slice(0, Math.floor(wanted))
}

const earlierOf = ({ cost }: RunRecord): RunRecord['earlier'] => {
  const { amount: _, ...used } = cost
  return used
}

async function builtInJob(db: Db, run: RunRecord): Promise<BuiltInJob> {
  const built = publicRun(run)
  if (!isBuiltIn(built)) throw new Error(`internal: run ${run.number} is no built-in run`)
  const design = await designs.get(db, built.designId)
  const dataset = await datasetVersions.get(db, built.datasetVersionId)
  return { run: built, source: design.source, dataset, leaseSeconds }
}

async function commandJob(db: Db, run: RunRecord, token: string): Promise<CommandJob> {
  const capture = await readCapture(db, run.number)
  if (!capture) throw new CapstanError('request/not-found', { noun: 'capture of run', id: run.id })
  const data = await Promise.all(
    capture.data.map(async ({ name, datasetVersionId }) => ({
      name,
      version: await datasetVersions.get(db, datasetVersionId),
    })),
  )
  return {
    run: publicRun(run),
    capture,
    data,
    logOffset: await printedBytes(db, run.number),
    token,
    leaseSeconds,
  }
}
