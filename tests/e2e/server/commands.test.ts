/** @file Runs of any command through the real server: output, limits, retries, resumption, cost, repetition. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client, CommandInput, LogPage, Run } from '@capstan/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, startWorld, uploadDigits, type World } from './world.ts'

let world: World
const folder = mkdtempSync(join(tmpdir(), 'capstan-commands-'))
beforeAll(async () => {
  world = await startWorld({ workers: 3 })
})
afterAll(async () => {
  await world.server.close()
  rmSync(folder, { recursive: true, force: true })
})

type Asked = Partial<Parameters<Client['runs']['command']>[0]['body']>
const queue = (command: string[], more: Asked = {}) =>
  world.capstan.runs.command({ body: { command, folder, machine: hostname(), graceSeconds: 1, ...more } })
const sh = (script: string, more: Asked = {}) => queue(['sh', '-c', script], more)

async function ended(id: string, states = ['finished', 'failed', 'cancelled', 'lost']): Promise<Run> {
  for (;;) {
    const run = await world.capstan.runs.get({ params: { id } })
    if (states.includes(run.state) && run.worker === null) return run
    await new Promise((resume) => setTimeout(resume, 50))
  }
}
async function running(id: string): Promise<void> {
  while ((await world.capstan.runs.get({ params: { id } })).state !== 'running')
    await new Promise((resume) => setTimeout(resume, 20))
}
async function printed(id: string): Promise<string> {
  const pages: LogPage[] = []
  for await (const page of world.capstan.followLog(id)) pages.push(page)
  return pages.flatMap(({ pieces }) => pieces.map(({ text }) => text)).join('')
}
/** Waits until the run has printed `text`; the log of a run that goes on has no end. */
async function prints(id: string, text: string): Promise<void> {
  let seen = ''
  for await (const page of world.capstan.followLog(id)) {
    seen += page.pieces.map((piece) => piece.text).join('')
    if (seen.includes(text)) return
  }
  throw new Error(`the run ended without ${text}: ${seen}`)
}
/** Processes that carry a run's mark. */
const processesOf = (id: string) =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`=run:${id}\0`)
    } catch {
      return false
    }
  })

describe('a command', () => {
  test('prints, logs and ends; what it used is measured', async () => {
    const script =
      'echo out; echo err >&2; echo "$CAPSTAN_RUN_ID $CAPSTAN_PARAMS"; ' +
      'i=0; while [ $i -lt 40000 ]; do i=$((i+1)); done'
    const { id } = await sh(script, { parameters: { lr: '0.1' }, tags: { team: 'a' } })
    const run = await ended(id)
    expect(run).toMatchObject({ kind: 'command', state: 'finished', execution: { exitCode: 0 }, error: null })
    expect(await printed(id)).toContain(`${id} {"lr":"0.1"}\n`)
    const { pieces, complete } = await world.capstan.runs.logs({ params: { id } })
    expect(complete).toBe(true)
    expect(pieces.filter(({ stream }) => stream === 'stderr').map(({ text }) => text)).toEqual(['err\n'])
    expect(run.cost.cpuSeconds).toBeGreaterThan(0)
    expect(run.cost.wallSeconds).toBeGreaterThan(0)
    const tracked = await world.capstan.tracking.get({ params: { id } })
    expect(tracked.params).toEqual({ lr: '0.1' })
    expect(tracked.tags).toMatchObject({ team: 'a' })
  })

  test('has curves of the cores and the memory that it takes', async () => {
    const { id } = await sh('end=$(($(date +%s) + 3)); while [ $(date +%s) -lt $end ]; do :; done')
    expect((await ended(id)).state).toBe('finished')
    const { metrics } = await world.capstan.tracking.get({ params: { id } })
    expect(metrics['system/cpu_cores']!.value).toBeGreaterThan(0.05)
    expect(metrics['system/memory_megabytes']!.value).toBeGreaterThan(0.5)
    const cores = await world.capstan.runs.metrics({ params: { id }, query: { key: 'system/cpu_cores' } })
    expect(cores.every(({ step }, i) => step > (cores[i - 1]?.step ?? 0))).toBe(true)
  })

  test('finds data set versions as files, and speaks to the server by its token', async () => {
    const version = await uploadDigits(world.capstan, 50, 20)
    const script =
      'ls "$CAPSTAN_DATA_DIGITS"; wc -c < "$CAPSTAN_DATA/t10k-labels-idx1-ubyte"; ' +
      `"${process.execPath}" -e 'fetch(process.env.CAPSTAN_URL+"/api/v1/workspace",{headers:{authorization:"Bearer "+process.env.CAPSTAN_TOKEN}}).then(r=>console.log(r.status))'`
    const { id } = await sh(script, { data: [{ name: 'digits', datasetVersionId: version.id }] })
    expect((await ended(id)).state).toBe('finished')
    const text = await printed(id)
    expect(text).toContain('train-images-idx3-ubyte')
    expect(text).toMatch(/\b28\n200\n$/)
  })

  test.each([
    [['no-such-program'], 127, 'command.notFound'],
    [[tmpdir()], 126, 'command.notExecutable'],
    [['sh', '-c', 'exit 3'], 3, 'command.exited'],
    [['sh', '-c', 'kill -9 $$'], 137, 'command.signalled'],
  ] as const)('%j fails with exit code %i and the reason', async (command, exitCode, code) => {
    const { id } = await queue([...command])
    expect(await ended(id)).toMatchObject({ state: 'failed', execution: { exitCode }, error: { code } })
  })

  test('in a folder that is not there fails with the reason', async () => {
    const { id } = await sh('true', { folder: '/no/such/folder' })
    expect(await ended(id)).toMatchObject({ state: 'failed', error: { code: 'command.noFolder' } })
  })

  test('is ended at its limits', async () => {
    const slow = await sh('sleep 100', { wallSeconds: 0.5 })
    const greedy = await queue(
      [process.execPath, '-e', 'const b=[];setInterval(()=>b.push(Buffer.alloc(20<<20,1)),10)'],
      { memoryBytes: 200 << 20 },
    )
    expect(await ended(slow.id)).toMatchObject({
      state: 'failed',
      execution: { exitCode: 124 },
      error: { code: 'command.outOfTime' },
    })
    const run = await ended(greedy.id)
    expect(run).toMatchObject({ execution: { exitCode: 137 }, error: { code: 'command.outOfMemory' } })
    expect(run.cost.peakMemoryBytes).toBeGreaterThan(200 << 20)
  })

  test('that is cancelled ends with all of its processes, although it ignores SIGTERM and forks away', async () => {
    const { id } = await sh("trap '' TERM; setsid sleep 300 & sleep 300 & echo up; sleep 300; sleep 300")
    await running(id)
    while (processesOf(id).length < 4) await new Promise((resume) => setTimeout(resume, 20))
    await world.capstan.runs.cancel({ params: { id }, body: {} })
    const run = await ended(id)
    expect(run.state).toBe('cancelled')
    expect(run.cost.wallSeconds).toBeGreaterThan(0)
    expect(processesOf(id)).toEqual([])
  })

  test('that prints a flood keeps its head and its tail, and says what is left out', async () => {
    const { id } = await sh('echo first; yes 0123456789abcdef | head -c 100000000; echo; echo last')
    expect((await ended(id)).state).toBe('finished')
    const head = await world.capstan.runs.logs({ params: { id }, query: { limit: 100 } })
    const tail = await world.capstan.runs.logs({ params: { id }, query: { tail: 100 } })
    expect(head.end).toBe(100_000_000 + 'first\n\nlast\n'.length)
    expect(head.pieces[0]!.text.startsWith('first\n')).toBe(true)
    expect(tail.pieces.at(-1)!.text.endsWith('last\n')).toBe(true)
    let kept = 0
    let missing = 0
    for (let offset = 0; ; ) {
      const page = await world.capstan.runs.logs({ params: { id }, query: { offset } })
      kept += page.pieces.reduce((sum, { bytes }) => sum + bytes, 0)
      missing += page.leftOut.reduce((sum, { from, to }) => sum + to - from, 0)
      offset = page.next
      if (page.complete) break
    }
    expect(kept + missing).toBe(head.end)
    expect(kept).toBeLessThanOrEqual(10 << 20)
  })

  test('is tried again after it failed, and finds its checkpoint', async () => {
    const script =
      'echo "attempt $CAPSTAN_ATTEMPT resume $CAPSTAN_RESUME"; ' +
      'f=$CAPSTAN_CHECKPOINT_DIR/n; n=$(cat $f 2>/dev/null || echo 0); echo $((n+1)) > $f; [ $n -ge 1 ]'
    const { id } = await sh(script, { retries: 1 })
    expect(await ended(id)).toMatchObject({ state: 'finished', attempt: 2, execution: { failures: 1 } })
    expect(await printed(id)).toMatch(/attempt 1 resume 0\n.*\nattempt 2 resume 1\n/)
    const hopeless = await sh('exit 5', { retries: 1 })
    const failed = await ended(hopeless.id)
    expect(failed).toMatchObject({ state: 'failed', attempt: 2, execution: { failures: 2, exitCode: 5 } })
    await world.capstan.runs.resume({ params: { id: failed.id }, body: {} })
    expect(await ended(failed.id)).toMatchObject({ state: 'failed', error: { code: 'command.exited' } })
  })

  test('survives its worker: what is left is killed, and it goes on from its checkpoint', async () => {
    const script =
      'if [ "$CAPSTAN_RESUME" = 1 ]; then echo resumed; exit 0; fi; touch $CAPSTAN_CHECKPOINT_DIR/a; setsid sleep 300 & sleep 300'
    const { id } = await sh(script)
    await running(id)
    while (processesOf(id).length < 3) await new Promise((resume) => setTimeout(resume, 20))
    const before = processesOf(id)
    const { workers } = await world.capstan.workers.list({ query: {} })
    process.kill(workers.find(({ runId }) => runId === id)!.pid, 'SIGKILL')
    const run = await ended(id)
    expect(run).toMatchObject({ state: 'finished', attempt: 2 })
    expect(await printed(id)).toContain('resumed\n')
    expect(processesOf(id).filter((pid) => before.includes(pid))).toEqual([])
    expect(run.cost.wallSeconds).toBeGreaterThan(0)
  })

  test('that was cancelled goes on from its checkpoints once it has ended; one that finished does not', async () => {
    const { id } = await sh(
      'if [ "$CAPSTAN_RESUME" = 1 ]; then echo resumed; exit 0; fi; touch $CAPSTAN_CHECKPOINT_DIR/a; trap "" TERM; echo up; while :; do sleep 1; done',
      { graceSeconds: 2 },
    )
    await prints(id, 'up')
    await world.capstan.runs.cancel({ params: { id }, body: {} })
    // its process ignores SIGTERM and lives on for its grace
    const ending = await refusalOf(world.capstan.runs.resume({ params: { id }, body: {} }))
    expect(ending).toMatchObject({ status: 409, code: 'request/refused' })
    expect(ending.message).toContain('still ending')
    await ended(id)
    await world.capstan.runs.resume({ params: { id }, body: {} })
    expect(await ended(id)).toMatchObject({ state: 'finished', worker: null, error: null })
    expect(await printed(id)).toContain('resumed\n')
    expect((await refusalOf(world.capstan.runs.resume({ params: { id }, body: {} }))).status).toBe(409)
  })

  test('that no machine can hold waits and says why; one that waits can be cancelled', async () => {
    const { id } = await sh('true', { cores: 4000 })
    const { message } = await world.capstan.runs.waiting({ params: { id } })
    expect(message).toMatchObject({ code: 'queue.never', values: { cores: 4000 } })
    await world.capstan.runs.cancel({ params: { id }, body: {} })
    expect((await ended(id)).state).toBe('cancelled')
  })

  test('sees neither the tokens of the server nor those of the worker', async () => {
    const { id } = await sh('env')
    await ended(id)
    const text = await printed(id)
    expect(text).not.toMatch(/CAPSTAN_WORKER_TOKEN|DATABASE_URL|NODE_CHANNEL/)
    expect(text).toMatch(/^MLFLOW_TRACKING_URI=http/m)
    const token = /^CAPSTAN_TOKEN=(.*)$/m.exec(text)![1]!
    const answer = await fetch(`${world.server.address}/api/v1/jobs/claims`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"worker":"me"}',
    })
    expect(answer.status).toBe(403)
  })

  test.each([
    ['no words', { command: [] }],
    ['a relative folder', { folder: 'here' }],
    ['a word with NUL', { command: ['a\0b'] }],
    ['a variable that is no name', { variables: { 'A=B': '1' } }],
    ['negative retries', { retries: -1 }],
    ['no memory', { memoryBytes: 5 }],
    [
      'two data sets of one name',
      {
        data: [
          { name: 'a-b', datasetVersionId: 'x' },
          { name: 'A_B', datasetVersionId: 'y' },
        ],
      },
    ],
  ] as const)('with %s is refused whole', async (_, more) => {
    const before = await world.capstan.runs.list()
    const refusal = await refusalOf(sh('true', more as unknown as Partial<CommandInput>))
    expect(refusal).toMatchObject({ status: 400, code: 'request/invalid' })
    expect(await world.capstan.runs.list()).toHaveLength(before.length)
  })

  test('of an unknown initiative, experiment, parent or code is refused', async () => {
    const missing = 'f'.repeat(64)
    for (const more of [
      { initiativeId: 'nobody' },
      { experimentId: '999' },
      { parentRunId: 'run_nothing' },
      { code: { kind: 'snapshot' as const, root: folder, snapshot: missing } },
    ])
      expect((await refusalOf(sh('true', more))).status).toBe(404)
  })
})

describe('a repetition', () => {
  test('of a git folder checks out commit and difference into a fresh folder, and compares', async () => {
    const repository = mkdtempSync(join(tmpdir(), 'capstan-repository-'))
    const git = (...words: string[]) =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
        encoding: 'utf8',
      })
    git('init', '-q')
    writeFileSync(join(repository, 'say.sh'), 'echo old\n')
    git('add', '.')
    git('commit', '-qm', 'one')
    writeFileSync(join(repository, 'say.sh'), 'echo new; pwd\n')
    const diff = await world.capstan.blobs.put({ body: git('diff', '--binary', 'HEAD') })
    const code = {
      kind: 'git' as const,
      root: repository,
      commit: git('rev-parse', 'HEAD').trim(),
      diff: diff.hash,
    }
    const first = await queue(['sh', 'say.sh'], { folder: repository, code })
    await ended(first.id)
    // what it was run from is no longer what stands there
    writeFileSync(join(repository, 'say.sh'), 'exit 9\n')
    const again = await world.capstan.runs.rerun({ params: { id: first.id }, body: {} })
    expect(again.execution).toMatchObject({ rerunOf: first.id, fresh: true })
    expect(await ended(again.id)).toMatchObject({ state: 'finished' })
    const text = await printed(again.id)
    expect(text).toMatch(/^new\n/)
    expect(text).not.toContain(`${repository}\n`)
    const found = await world.capstan.runs.repetition({ params: { id: again.id }, query: {} })
    expect(found).toMatchObject({ verdict: 'nothing', causes: [], ending: { equal: true } })
    rmSync(repository, { recursive: true, force: true })
    const gone = await world.capstan.runs.rerun({ params: { id: first.id }, body: {} })
    expect(await ended(gone.id)).toMatchObject({ state: 'failed', error: { code: 'command.noCode' } })
  })

  test('of a snapshot that would write outside its folder is refused, and writes nothing', async () => {
    const { hash } = await world.capstan.blobs.put({ body: 'owned' })
    for (const files of [
      [{ path: '../../outside', blob: hash, bytes: 5, executable: false, link: null }],
      [
        { path: 'way', blob: null, bytes: 0, executable: false, link: '/tmp' },
        { path: 'way/capstan-outside', blob: hash, bytes: 5, executable: false, link: null },
      ],
      [{ path: 'way', blob: null, bytes: 0, executable: false, link: '../../..' }],
    ]) {
      const list = await world.capstan.blobs.put({ body: JSON.stringify(files) })
      const code = { kind: 'snapshot' as const, root: folder, snapshot: list.hash }
      const { id } = await sh('true', { machine: 'elsewhere', code })
      expect(await ended(id)).toMatchObject({ state: 'failed', error: { code: 'command.noCode' } })
    }
    expect(existsSync('/tmp/capstan-outside')).toBe(false)
  })

  test('of a command whose code was not captured is refused with the reason', async () => {
    const { id } = await sh('true')
    await ended(id)
    const refusal = await refusalOf(world.capstan.runs.rerun({ params: { id }, body: {} }))
    expect(refusal).toMatchObject({ status: 409, code: 'run/not-repeatable' })
  })
})
