/** @file Sweeps through the real server: commands as trials, early stopping, restarts, and what is refused. */
import { hostname } from 'node:os'
import { createClient, type SweepInput } from '@capstan/api'
import { afterEach, expect, test } from 'vitest'
import { cleanUp, folder, freePort, kill, script, sleep } from '../logging/processes.ts'

afterEach(cleanUp)

/** Logs a bowl over log10(lr), a step every few milliseconds. */
const training = `
  import { startRun } from '@capstan/api/logging'
  const lr = Number(process.argv[1])
  if (!(lr > 0)) throw new Error('no rate')
  const run = startRun({ patience: 60 })
  for (let step = 1; step <= 40; step++) {
    run.log({ loss: (Math.log10(lr) + 2) ** 2 + 1 / step }, { step })
    await new Promise((resume) => setTimeout(resume, 100))
  }
  await run.finish()`

const sweep = (change: Partial<SweepInput['plan']> = {}, words: string[] = []): SweepInput => ({
  name: 'rates',
  plan: {
    space: { lr: { type: 'float', low: 1e-5, high: 1, log: true } },
    goal: { metric: 'loss', direction: 'min' },
    method: 'sobol',
    parallel: 2,
    budget: { runs: 4 },
    ...change,
  },
  subject: {
    kind: 'command',
    input: {
      command: [process.execPath, '--input-type=module', '-e', training, '{lr}', ...words],
      folder: process.cwd(),
      machine: hostname(),
    },
  },
})

async function serve(workspace: string, port: number) {
  const { child, line } = script(
    `import { startServer } from '@capstan/server'
     await startServer({ workspace: ${JSON.stringify(workspace)}, port: ${port}, workers: 2 })
     console.log('listening')`,
  )
  await line
  return child
}

async function world() {
  const [workspace, port] = [folder(), await freePort()]
  const capstan = createClient({ baseUrl: `http://127.0.0.1:${port}` })
  return { workspace, port, capstan, child: await serve(workspace, port) }
}

async function ended(capstan: ReturnType<typeof createClient>, id: string) {
  for (;;) {
    const detail = await capstan.sweeps.get({ params: { id } })
    if (detail.sweep.state !== 'running') return detail
    await sleep(300)
  }
}

test('a sweep over a command ends at its budget, with the best run named, over kill -9 of the server', async () => {
  const { workspace, port, capstan, child } = await world()
  const { id } = await capstan.sweeps.start({ body: sweep() })
  await sleep(1500)
  await kill(child)
  await serve(workspace, port)
  const { sweep: done, trials } = await ended(capstan, id)
  expect(done.reason?.code).toBe('sweep.end.runs')
  expect(trials.map(({ number, state }) => [number, state])).toEqual([0, 1, 2, 3].map((n) => [n, 'finished']))
  // the same values as a sweep that nobody interrupted: a function of seed and history
  const exponents = trials.map(({ values }) => Math.log10(Number(values.lr)))
  expect(new Set(exponents.map((e) => Math.floor((e + 5) / 1.25))).size).toBe(4)
  const best = trials.reduce((a, b) => (a.value! <= b.value! ? a : b))
  expect(done.best).toEqual({ trial: best.number, runId: best.runId, value: best.value })
  const run = await capstan.runs.get({ params: { id: best.runId } })
  expect(run).toMatchObject({ kind: 'command', state: 'finished' })
})

test('a hopeless run is stopped by its curve, and run and sweep say why', async () => {
  const { capstan } = await world()
  const stopping = { chance: 0.05, after: 0.2, horizon: 40 }
  const values = { lr: { type: 'choice' as const, values: [0.01, 1] } }
  const body = sweep({ method: 'grid', parallel: 1, space: values, stopping, budget: {} })
  const { id } = await capstan.sweeps.start({ body })
  const { trials } = await ended(capstan, id)
  expect(trials.map(({ state }) => state)).toEqual(['finished', 'stopped'])
  const { curve, reason } = trials[1]!.stop!
  expect(reason.code).toBe('sweep.stop.curve')
  expect(curve!.chance).toBeLessThan(0.05)
  expect(curve!.interval[0]).toBeLessThanOrEqual(curve!.estimate)
  expect(curve!.step).toBeLessThan(40)
  const run = await capstan.runs.get({ params: { id: trials[1]!.runId } })
  expect(run).toMatchObject({ state: 'cancelled', error: { code: 'sweep.stop.curve' } })
})

test('stopping a sweep cancels what runs and starts nothing more', async () => {
  const { capstan } = await world()
  const { id } = await capstan.sweeps.start({ body: sweep({ budget: { runs: 50 } }) })
  await sleep(500)
  const stopped = await capstan.sweeps.stop({ params: { id }, body: {} })
  expect(stopped).toMatchObject({ state: 'stopped', trials: 2 })
  await sleep(3000)
  const { trials } = await capstan.sweeps.get({ params: { id } })
  expect(trials.map(({ state, runState }) => [state, runState])).toEqual([
    ['cancelled', 'cancelled'],
    ['cancelled', 'cancelled'],
  ])
})

test('what cannot be followed is refused before anything runs', async () => {
  const { capstan } = await world()
  const wrong: [SweepInput, string][] = [
    [sweep({ space: {} }), 'sweep.space.empty'],
    [sweep({ budget: {} }), 'sweep.budget.none'],
    [sweep({}, ['{width}']), 'sweep.command.unknown'],
    [sweep({ space: { lr: { type: 'float', low: 2, high: 1 } } }), 'sweep.space.bounds'],
  ]
  for (const [body, code] of wrong)
    await expect(capstan.sweeps.start({ body })).rejects.toMatchObject({
      body: { code: 'request/refused', values: { refusal: code } },
    })
  expect(await capstan.sweeps.list()).toEqual([])
  expect(await capstan.runs.list()).toEqual([])
})
