/** @file `capstan run`, `runs` and `rerun` as a person uses them: output, exit codes, captured code, repetition. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@capstan/api'
import { type RunningServer, startServer } from '@capstan/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { capstan, removeFolders, start, temporaryFolder } from './capstan.ts'

let server: RunningServer
let workspace: string
let folder: string
beforeAll(async () => {
  workspace = temporaryFolder()
  folder = temporaryFolder()
  server = await startServer({ workspace, port: 0, workers: 2 })
})
afterAll(async () => {
  await server.close()
  removeFolders()
})

const words = (...rest: string[]) => [...rest.slice(0, 1), '--workspace', workspace, ...rest.slice(1)]
const run = (...rest: string[]) => capstan(words('run', '--folder', folder, ...rest))

/** Logs a curve and prints, by a number that the code holds. */
const training = (rate: string) => `
const { CAPSTAN_URL, CAPSTAN_TOKEN, CAPSTAN_RUN_ID } = process.env
const metrics = [0, 1, 2].map((step) => ({ key: 'loss', step, at: 1000 + step, value: ${rate} / (step + 1) }))
const answer = await fetch(CAPSTAN_URL + '/api/v1/tracking/runs/' + CAPSTAN_RUN_ID + '/log', {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer ' + CAPSTAN_TOKEN },
  body: JSON.stringify({ metrics }),
})
console.log('logged', answer.status, process.argv[2])
`

describe('capstan run', () => {
  test('passes on output, each to its stream, and the exit code', async () => {
    const { out, err, exit } = await run('--', 'sh', '-c', 'echo out; echo err >&2; exit 7')
    expect([out, exit]).toEqual(['out\n', 7])
    expect(err).toContain('err\n')
    expect(err).toContain('exit code 7')
  })

  test('does not read the options of the command as its own', async () => {
    const { out, exit } = await run('echo', '--name', '--help', '-d')
    expect([out, exit]).toEqual(['--name --help -d\n', 0])
  })

  test.each([
    [['--', 'no-such-program'], 127, 'no-such-program'],
    [['--timeout', '0.3s', '--grace', '0', '--', 'sleep', '60'], 124, 'ended after its 0.3 s'],
  ])('%j ends with %i', async (more, exit, said) => {
    const done = await run(...more)
    expect(done.exit).toBe(exit)
    expect(done.err).toContain(said)
  })

  test.each([
    [[], 'command'],
    [['--memory', 'lots', '--', 'ls'], 'lots'],
    [['--timeout', '-3', '--', 'ls'], '-3'],
    [['--param', 'novalue', '--', 'ls'], 'novalue'],
    [['--env', 'API_KEY=1', '--', 'ls'], 'API_KEY'],
    [['--initiative', 'nobody', '--', 'ls'], 'nobody'],
    [['--data', 'nothing:3', '--', 'ls'], 'nothing:3'],
  ])('%j is refused with what is wrong', async (more, named) => {
    const { exit, err } = await run(...more)
    expect([64, 66]).toContain(exit)
    expect(err).toContain(named)
  })

  test('stopped by Ctrl-C where nobody can be asked, the run is cancelled', async () => {
    const started = start(
      words('run', '--folder', folder, '--grace', '0', '--', 'sh', '-c', 'echo up; sleep 300'),
    )
    await started.until(/up/)
    started.child.kill('SIGINT')
    expect((await started.finished).exit).toBe(130)
    const [newest] = await createClient({ baseUrl: server.address }).runs.list()
    expect(newest!.state).toBe('cancelled')
  })

  test('detached it goes on; runs shows it and logs follows it', async () => {
    const { out, exit } = await run(
      '--detach',
      '--param',
      'lr=0.1',
      '--',
      'sh',
      '-c',
      'sleep 0.5; echo later',
    )
    expect(exit).toBe(0)
    const number = /Run (\d+)/.exec(out)![1]!
    const logs = await capstan(['runs', 'logs', '--workspace', workspace, '-f', number])
    expect([logs.out, logs.exit]).toEqual(['later\n', 0])
    const shown = await capstan(['runs', 'show', '--workspace', workspace, number, '--json'])
    expect(JSON.parse(shown.out)).toMatchObject({
      run: { state: 'finished', execution: { exitCode: 0 } },
      capture: { parameters: { lr: '0.1' } },
    })
    const list = await capstan(['runs', 'list', '--workspace', workspace])
    expect(list.out).toContain('sleep 0.5')
    expect((await capstan(['runs', 'show', '--workspace', workspace, '9999'])).exit).toBe(66)
  })
})

describe('capstan runs show', () => {
  test('tells where a run belongs, its code with changes, parameters, limits, environment and charges', async () => {
    const client = createClient({ baseUrl: server.address })
    const pool = { name: 'Machine', kind: 'compute' as const, unit: 'min', capacity: [100], rate: 60 }
    await client.resources.createPool({ body: pool })
    const repository = temporaryFolder()
    const git = (...said: string[]) =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b', ...said])
    git('init', '--quiet', '--initial-branch', 'trunk')
    writeFileSync(join(repository, 'code.txt'), 'one\n')
    git('add', '.')
    git('commit', '--quiet', '--message', 'one')
    const commit = String(git('rev-parse', 'HEAD')).trim()
    writeFileSync(join(repository, 'code.txt'), 'two\n')
    writeFileSync(join(repository, 'new.txt'), 'new\n')
    const parent = await client.tracking.start({ body: { name: 'outer' } })
    const options = ['--timeout', '1m', '--parent', String(parent.number), '--experiment', 'shown']
    const done = await capstan(
      words('run', '--folder', repository, ...options, '--param', 'seed=7', '--', 'node', '-e', '0'),
    )
    expect(done.exit).toBe(0)
    const number = /Run (\d+)/.exec(done.err)![1]!
    const show = async (...more: string[]) =>
      (await capstan(['runs', 'show', '--workspace', workspace, number, ...more])).out
    const shown = (await show('--all')).replace(/ +/g, ' ')
    for (const line of [
      'Experiment shown',
      `Inside #${parent.number} outer`,
      'Command node -e 0',
      `Commit ${commit}`,
      'Branch trunk',
      '(--diff shows them)',
      'Untracked 1 files',
      'seed 7',
      'Time 60 s',
      `node ${process.version}`,
      's of processor',
      'to no initiative',
      '$PATH ',
    ])
      expect(shown).toContain(line)
    const [run] = await client.runs.list({ query: { number: Number(number) } })
    const ledger = await client.resources.ledger({ query: { runId: run!.id } })
    expect(ledger.length).toBeGreaterThan(0)
    expect(ledger.reduce((sum, { cost }) => sum + cost, 0)).toBeCloseTo(run!.cost.amount, 9)
    expect(await show('--diff')).toContain('-one\n+two\n')
    const again = await capstan(words('rerun', number))
    expect(again.exit).toBe(0)
    const repetition = /Run (\d+)/.exec(again.err)![1]!
    const { out } = await capstan(['runs', 'show', '--workspace', workspace, repetition])
    expect(out).toMatch(new RegExp(`Repeats +#${number} `))
  })
})

describe('capstan rerun', () => {
  test('restores the snapshot of a folder, without what is ignored, and says that results are identical', async () => {
    const project = temporaryFolder()
    mkdirSync(join(project, 'sub'))
    writeFileSync(join(project, '.gitignore'), '*.secret\n')
    writeFileSync(join(project, 'key.secret'), 'x')
    writeFileSync(join(project, 'sub/train.mjs'), training('1'))
    const first = await capstan(
      words('run', '--folder', project, '--', process.execPath, 'sub/train.mjs', 'a'),
    )
    expect(first).toMatchObject({ out: 'logged 200 a\n', exit: 0 })
    const number = /Run (\d+)/.exec(first.err)![1]!
    writeFileSync(join(project, 'sub/train.mjs'), training('2'))
    const again = await capstan(words('rerun', number))
    expect(again.out).toContain('The results are identical.')
    expect(again.exit).toBe(0)
    const client = createClient({ baseUrl: server.address })
    const [newest] = await client.runs.list()
    const restored = join(workspace, 'scratch/runs', newest!.id, 'code')
    expect(readFileSync(join(restored, 'sub/train.mjs'), 'utf8')).toBe(training('1'))
    expect(existsSync(join(restored, 'key.secret'))).toBe(false)
    // the changed code gives other results, and says since when
    const changed = await capstan(
      words('run', '--folder', project, '--', process.execPath, 'sub/train.mjs', 'a'),
    )
    const other = (await client.runs.list())[0]!
    expect(changed.exit).toBe(0)
    const found = await client.runs.repetition({ params: { id: other.id }, query: { with: newest!.id } })
    expect(found.verdict).toBe('different')
    expect(found.causes.map(({ area, key }) => [area, key])).toEqual([['code', 'snapshot']])
    expect(found.metrics[0]).toMatchObject({ key: 'loss', departsAt: 0, largest: 1 })
  })

  test('of what cannot be repeated says why', async () => {
    await run('--no-code', '--', 'true')
    const client = createClient({ baseUrl: server.address })
    const [newest] = await client.runs.list()
    const refused = await capstan(words('rerun', String(newest!.number)))
    expect(refused.exit).toBe(65)
    expect(refused.err).toContain('its code was not captured')
  })
})
