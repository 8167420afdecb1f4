/** @file The thread beside a training loop that brings its spool to the server. */
import { parentPort, workerData } from 'node:worker_threads'
import { backOff, deliver } from './deliver.ts'
import { deliverLeftover, type Leftover, leftovers } from './leftovers.ts'
import { type SenderData, type SenderNote, slots } from './signals.ts'

/** How often an idle sender looks for new records. */
const LOOK_MS = 50
/** Power loss takes at most what was logged in this time. */
const SYNC_MS = 1000

const { folder, root, server, token, signals } = workerData as SenderData
const flags = new Int32Array(signals)
const tell = (note: SenderNote) => parentPort?.postMessage(note)

await send()

async function send(): Promise<void> {
  const delivery = deliver({ folder, server, token, ended: false })
  const earlier = leftovers(root, server).reverse()
  let failures = 0
  let syncedAt = 0
  let toldRejected = false
  for (;;) {
    const stopping = Atomics.load(flags, slots.stop) !== 0
    const outcome = await delivery.step()
    Atomics.store(flags, slots.applied, delivery.session?.applied ?? 0)
    Atomics.store(flags, slots.freedKiB, Math.floor(delivery.freed / 1024))
    if (delivery.session) Atomics.store(flags, slots.run, delivery.session.runNumber)
    Atomics.store(flags, slots.rejected, delivery.rejected.count)
    if (delivery.rejected.count > 0 && !toldRejected) {
      toldRejected = true
      tell({ kind: 'rejected', reason: delivery.rejected.reason ?? '?' })
    }
    if (outcome === 'sent') {
      if (failures > 0) tell({ kind: 'back' })
      failures = 0
    }
    if (Date.now() - syncedAt >= SYNC_MS) {
      delivery.sync()
      syncedAt = Date.now()
    }
    if (outcome === 'sent') continue
    if (outcome === 'idle') {
      // looked at before the step: what was there when it was set has been sent
      if (stopping) break
      await sweep(earlier)
      await pause(LOOK_MS)
      continue
    }
    failures++
    if (failures === 2 || outcome === 'refused') tell({ kind: outcome, reason: delivery.trouble ?? '?' })
    await pause(stopping ? LOOK_MS * 4 : backOff(failures))
  }
  delivery.close()
  Atomics.store(flags, slots.done, 1)
  Atomics.notify(flags, slots.done)
  tell({ kind: 'done' })
}

/** What earlier processes left for this server, one spool a turn, so that this run's own points come first. */
async function sweep(waiting: Leftover[]): Promise<void> {
  const next = waiting.pop()
  if (next) await deliverLeftover(next, { server, token, attempts: 1 }).catch(() => undefined)
}

/** Ends early when the other side asks to stop. */
async function pause(milliseconds: number): Promise<void> {
  const until = Date.now() + milliseconds
  const stoppedBefore = Atomics.load(flags, slots.stop) !== 0
  while (Date.now() < until) {
    await new Promise((resume) => setTimeout(resume, Math.min(20, until - Date.now())))
    if (!stoppedBefore && Atomics.load(flags, slots.stop) !== 0) return
  }
}
