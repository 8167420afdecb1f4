/** @file The logging client against a real server: nothing lost, nothing twice, whoever is killed and whenever. */
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient, type Run } from '@capstan/api'
import { deliverLeftover, leftovers, startRun } from '@capstan/api/logging'
import { afterEach, describe, expect, test } from 'vitest'
import { cleanUp, folder, freePort, kill, script, serve, sleep } from './processes.ts'

afterEach(cleanUp)

/** Every point of a curve: as many as there are is asked for, so that nothing is thinned. */
async function curve(server: string, runId: string, key = 'loss') {
  return createClient({ baseUrl: server }).runs.metrics({
    params: { id: runId },
    query: { key, max: 20_000 },
  })
}

async function runNamed(server: string, name: string): Promise<Run | undefined> {
  return (await createClient({ baseUrl: server }).runs.list()).find((run) => run.name === name)
}

async function until<T>(look: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const found = await look().catch(() => undefined)
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error('it did not happen')
    await sleep(100)
  }
}

async function world() {
  const [workspace, spool, port] = [folder(), folder(), await freePort()]
  return { workspace, spool, port, server: `http://127.0.0.1:${port}` }
}

/** Logs until it is killed, noting after each point how many it has logged. */
const endless = (name: string, pause: number, note: string) => `
  import { startRun } from '@capstan/api/logging'
  import { openSync, writeSync } from 'node:fs'
  const run = startRun({ name: '${name}' })
  const note = openSync(${JSON.stringify(note)}, 'w')
  for (let step = 0; ; step++) {
    run.log({ loss: 1 / (step + 1), accuracy: step }, { step })
    writeSync(note, String(step + 1).padStart(12), 0)
    if (step === 0) console.log('logging')
    if (step % ${pause} === 0) await new Promise((resume) => setTimeout(resume, 1))
  }`

const acknowledged = (note: string) => Number(readFileSync(note, 'utf8'))

test('a run arrives whole: metrics with not-a-number, files, and its end', async () => {
  const { workspace, spool, port, server } = await world()
  await serve(workspace, port)
  const trouble: string[] = []
  const run = startRun({
    name: 'whole',
    server,
    spool,
    params: { lr: 0.1 },
    onTrouble: (e) => trouble.push(e.code),
  })
  for (let step = 0; step < 5000; step++)
    run.log({ loss: step % 7 === 0 ? Number.NaN : step, 'val/x y': -step })
  run.tag('note', '你好')
  writeFileSync(join(workspace, 'notes.txt'), 'kept as it was')
  const copied = run.artifact(join(workspace, 'notes.txt'))
  await copied
  writeFileSync(join(workspace, 'notes.txt'), 'changed afterwards')
  await run.artifact(new Uint8Array([1, 2, 3]), 'model/weights.bin')
  const report = await run.finish()
  expect(trouble).toEqual([])
  expect(report).toMatchObject({ run: 1, waiting: 0, lost: 0 })
  const kept = await runNamed(server, 'whole')
  expect(kept).toMatchObject({ state: 'finished', kind: 'tracked', number: 1 })
  const points = await curve(server, kept!.id, 'val/x y')
  expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 5000 }, (_, i) => i))
  expect(points.every(({ step, value }) => value === -step || (step === 0 && Object.is(value, -0)))).toBe(
    true,
  )
  expect(readdirSync(spool)).toEqual([])
  expect(() => run.log({ loss: 1 })).toThrow(expect.objectContaining({ code: 'logging/ended' }))
})

test('what the process takes of its machine is logged with the rest, unless a worker watches it', async () => {
  const { workspace, spool, port, server } = await world()
  await serve(workspace, port)
  const run = startRun({ name: 'system', server, spool, system: { seconds: 0.05 } })
  const until = Date.now() + 200
  for (let step = 0; Date.now() < until; step++) run.log({ loss: 1 }, { step })
  await run.finish()
  const capstan = createClient({ baseUrl: server })
  const { id } = (await runNamed(server, 'system'))!
  const { metrics } = await capstan.tracking.get({ params: { id } })
  expect(metrics['system/cpu_cores']!.value).toBeGreaterThan(0)
  expect(metrics['system/memory_megabytes']!.value).toBeGreaterThan(10)

  const { id: runId } = await capstan.tracking.start({ body: { name: 'watched' } })
  const watched = startRun({ runId, server, spool, system: { seconds: 0 } })
  watched.log({ loss: 1 })
  await watched.finish()
  const found = await capstan.tracking.get({ params: { id: runId } })
  expect(Object.keys(found.metrics)).toEqual(['loss'])
})

test('what is wrong is refused at once, and logs nothing', async () => {
  const spool = folder()
  const run = startRun({ server: 'http://127.0.0.1:1', spool, patience: 0, onTrouble: () => undefined })
  const wrong: (() => unknown)[] = [
    () => run.log({ loss: '1' as unknown as number }),
    () => run.log({ ['k'.repeat(251)]: 1 }),
    () => run.log({ 'a\nb': 1 }),
    () => run.log({ loss: 1 }, { step: 0.5 }),
    () => run.log({ loss: 1 }, { time: new Date(Number.NaN) }),
    () => run.param('p', 'x'.repeat(6001)),
    () => run.tag('', 'x'),
    () => run.artifact(new Uint8Array(1), '../../etc/passwd'),
    () => run.artifact(new Uint8Array(1), '/etc/passwd'),
    () => run.artifact(new Uint8Array(1), 'a\\..\\b'),
  ]
  for (const act of wrong) expect(act).toThrow(expect.objectContaining({ code: 'request/invalid' }))
  await expect(run.artifact(join(spool, 'nothing-there'))).rejects.toMatchObject({ code: 'request/invalid' })
  const report = await run.finish()
  // the end alone
  expect(report).toMatchObject({ run: null, delivered: 0, waiting: 1 })
})

test('a server that comes later gets everything in order', async () => {
  const { workspace, spool, port, server } = await world()
  const trouble: string[] = []
  const run = startRun({ name: 'early', server, spool, patience: 60, onTrouble: (e) => trouble.push(e.code) })
  for (let step = 0; step < 3000; step++) run.log({ loss: step })
  await until(async () => (trouble.includes('logging/away') ? true : undefined))
  await serve(workspace, port)
  const report = await run.finish()
  expect(report).toMatchObject({ waiting: 0, lost: 0 })
  const kept = await runNamed(server, 'early')
  expect((await curve(server, kept!.id)).map(({ value }) => value)).toEqual(
    Array.from({ length: 3000 }, (_, i) => i),
  )
})

describe('the end of a process without finish()', () => {
  test.each<[string, string, Run['state'], number | string]>([
    ['its last line', '', 'finished', 0],
    ['process.exit(3)', 'process.exit(3)', 'failed', 3],
    ['an uncaught exception', 'setTimeout(() => { throw new Error("out of luck") })', 'failed', 1],
    ['a rejected promise', 'Promise.reject(new Error("out of luck"))', 'failed', 1],
    ['SIGTERM', 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)', 'cancelled', 'SIGTERM'],
  ])('by %s is flushed', async (_, ending, state, status) => {
    const { workspace, spool, port, server } = await world()
    await serve(workspace, port)
    const training = script(
      `import { startRun } from '@capstan/api/logging'
       const run = startRun({ name: 'ending', patience: 60 })
       for (let step = 0; step < 2000; step++) run.log({ loss: step }, { step })
       console.log('logged')
       ${ending}`,
      { CAPSTAN_URL: server, CAPSTAN_SPOOL: spool },
    )
    expect(await training.ended).toBe(status)
    const run = await runNamed(server, 'ending')
    expect(run?.state).toBe(state)
    expect(await curve(server, run!.id)).toHaveLength(2000)
    expect(readdirSync(spool)).toEqual([])
  })
})

test('kill -9 of training at random moments: each logged point is there once after the next start', async () => {
  const { workspace, spool, port, server } = await world()
  await serve(workspace, port)
  for (let round = 0; round < 6; round++) {
    const name = `killed ${round}`
    const note = join(workspace, 'note')
    const training = script(endless(name, 20, note), { CAPSTAN_URL: server, CAPSTAN_SPOOL: spool })
    await training.line
    await sleep(Math.random() * 900)
    await kill(training.child)
    const logged = acknowledged(note)
    // any later run takes up what was left
    const next = startRun({ name: `after ${round}`, server, spool })
    const run = await until(async () => {
      const found = await runNamed(server, name)
      return found?.state === 'lost' ? found : undefined
    })
    await next.finish()
    const points = await curve(server, run.id, 'accuracy')
    expect(points.length).toBeGreaterThanOrEqual(logged)
    expect(points.length).toBeLessThanOrEqual(logged + 1)
    expect(points.every(({ step, value }, i) => step === i && value === i)).toBe(true)
  }
  expect(leftovers(spool)).toEqual([])
})

test('kill -9 of the server at random moments: each logged point is there once in the end', async () => {
  const { workspace, spool, port, server } = await world()
  let process = await serve(workspace, port)
  const total = 60_000
  const training = script(
    `import { startRun } from '@capstan/api/logging'
     const run = startRun({ name: 'survivor', patience: 100 })
     for (let step = 0; step < ${total}; step++) {
       run.log({ loss: step, accuracy: -step }, { step })
       if (step % 15 === 0) await new Promise((resume) => setTimeout(resume, 1))
     }
     console.log(JSON.stringify(await run.finish()))`,
    { CAPSTAN_URL: server, CAPSTAN_SPOOL: spool },
  )
  for (let round = 0; round < 6; round++) {
    await sleep(300 + Math.random() * 700)
    await kill(process)
    process = await serve(workspace, port)
  }
  expect(await training.ended).toBe(0)
  expect(JSON.parse(training.out())).toMatchObject({ waiting: 0, lost: 0 })
  const run = await runNamed(server, 'survivor')
  expect(run?.state).toBe('finished')
  const { points } = await counted(server, run!.id)
  expect(points).toBe(total)
})

/** Points of a curve beyond what one answer may hold: by its ends and its thinned body. */
async function counted(server: string, id: string): Promise<{ points: number }> {
  const points = await curve(server, id, 'loss')
  const steps = new Set(points.map(({ step }) => step))
  expect(steps.size).toBe(points.length)
  expect(points.every(({ step, value }) => step === value)).toBe(true)
  return { points: points.at(-1)!.step + 1 }
}

test('records in any order, twice, and with gaps are applied once and in order', async () => {
  const { workspace, port, server } = await world()
  await serve(workspace, port)
  const capstan = createClient({ baseUrl: server })
  const params = { id: 'log_fuzzed' }
  const { runId } = await capstan.logging.open({ params, body: { name: 'fuzzed', startedAt: Date.now() } })
  const record = (n: number) => ({ kind: 'metrics' as const, at: 1000 + n, step: n, values: { loss: n } })
  const total = 400
  let applied = 0
  while (applied < total) {
    const first = 1 + Math.floor(Math.random() * Math.min(total, applied + 40))
    const count = 1 + Math.floor(Math.random() * 60)
    const records = Array.from({ length: count }, (_, i) => record(first + i)).filter(
      ({ step }) => step <= total,
    )
    const both = [1, 2].map(() => capstan.logging.append({ params, body: { first, records } }))
    const answers = await Promise.all(both)
    const reached = first > applied + 1 ? applied : Math.max(applied, first + records.length - 1)
    expect(answers.map((answer) => answer.applied)).toEqual([reached, reached])
    applied = reached
  }
  const points = await curve(server, runId)
  expect(points.map(({ step }) => step)).toEqual(Array.from({ length: total }, (_, i) => i + 1))
})

test('one bad record does not hold up the rest, and the run counts it', async () => {
  const { workspace, spool, port, server } = await world()
  await serve(workspace, port)
  const trouble: string[] = []
  const run = startRun({
    name: 'odd',
    server,
    spool,
    params: { lr: 1 },
    onTrouble: (e) => trouble.push(e.code),
  })
  run.param('lr', 2)
  run.log({ loss: 1 })
  const report = await run.finish()
  expect(report).toMatchObject({ waiting: 0, lost: 1 })
  const kept = await runNamed(server, 'odd')
  expect(await curve(server, kept!.id)).toHaveLength(1)
})

test('a damaged spool gives what is whole in it, and says what is missing', async () => {
  const { workspace, spool, port, server } = await world()
  const training = script(endless('damaged', 50, join(workspace, 'note')), {
    CAPSTAN_URL: server,
    CAPSTAN_SPOOL: spool,
  })
  await training.line
  await sleep(400)
  await kill(training.child)
  const [session] = readdirSync(spool)
  const file = join(spool, session!, '000000000001.log')
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  lines[10] = lines[10]!.replace('"step":10', '"step":99')
  writeFileSync(file, `${lines.join('\n')}\n`)
  appendFileSync(file, 'half a li')
  await serve(workspace, port)
  const [left] = leftovers(spool)
  const report = await deliverLeftover(left!, { server })
  expect(report.complete).toBe(true)
  const run = await runNamed(server, 'damaged')
  expect(run?.state).toBe('lost')
  const steps = (await curve(server, run!.id)).map(({ step }) => step)
  expect(steps).toEqual(Array.from({ length: lines.length }, (_, i) => i).filter((step) => step !== 10))
  expect(existsSync(join(spool, session!))).toBe(false)
})

test('a full spool tells, holds what fits in memory, and counts the rest', async () => {
  const { workspace, spool, port, server } = await world()
  const trouble: string[] = []
  const options = { server, spool, spoolBytes: 50_000, patience: 60 }
  const run = startRun({ ...options, name: 'full', onTrouble: (e) => trouble.push(e.code) })
  for (let step = 0; step < 30_000; step++) run.log({ loss: step }, { step })
  expect(trouble).toContain('logging/spool-full')
  await serve(workspace, port)
  const report = await run.finish()
  expect(report.lost).toBeGreaterThan(15_000)
  const kept = await runNamed(server, 'full')
  const points = await curve(server, kept!.id)
  expect(points.length + report.lost).toBe(30_000)
})
