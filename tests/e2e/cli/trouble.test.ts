/** @file What goes wrong around a workspace: each gives one sentence with the next step and its exit status. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { capstan, fewDigits, removeFolders, root, serverOf, start, temporaryFolder } from './capstan.ts'

afterAll(removeFolders)

/** A workspace with a little work in it, which does not turn by itself. */
async function smallWorkspace(): Promise<string> {
  const workspace = temporaryFolder()
  const words = ['train', '--data', fewDigits(500, 100), '--epochs', '1', '--design', 'linear']
  expect(await capstan([...words, '--workspace', workspace])).toMatchObject({ exit: 0 })
  return workspace
}

test('a taken port is named, with a free one to try', async () => {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as { port: number }
  const refused = await capstan(['start', '--once', '--port', String(port), '--workspace', temporaryFolder()])
  holder.close()
  expect(refused).toMatchObject({ exit: 69, out: '' })
  expect(refused.err).toMatch(new RegExp(`Port ${port} on 127.0.0.1 is in use`))
  expect(refused.err).toContain('--port')
})

test('a workspace that is open elsewhere: start refuses, the other commands use the running server', async () => {
  const workspace = await smallWorkspace()
  const holder = start(['start', '--port', '0', '--no-open', '--workspace', workspace])
  await holder.until(/Serving/)
  const second = await capstan(['start', '--once', '--port', '0', '--workspace', workspace])
  expect(second.exit).toBe(75)
  expect(second.err).toContain(`process (number ${holder.child.pid})`)
  expect(await capstan(['status', '--workspace', workspace])).toMatchObject({ exit: 0, err: '' })
  expect(serverOf(workspace).pid).toBe(holder.child.pid)
  holder.child.kill('SIGTERM')
  expect(await holder.finished).toMatchObject({ exit: 0, err: '' })
  expect(await capstan(['start', '--once', '--port', '0', '--workspace', workspace])).toMatchObject({
    exit: 0,
  })
})

test('a workspace of a newer version is left untouched', async () => {
  const workspace = await smallWorkspace()
  // by libsql of the server package, in a process of its own
  const change = `const S = require('libsql'); new S(${JSON.stringify(join(workspace, 'capstan.db'))}).exec('update schema_version set version = 999')`
  const require = createRequire(join(root, 'packages/server/src/index.ts'))
  const done = spawnSync(process.execPath, [
    '-e',
    change.replace("'libsql'", JSON.stringify(require.resolve('libsql'))),
  ])
  expect(String(done.stderr)).toBe('')
  const refused = await capstan(['start', '--once', '--port', '0', '--workspace', workspace])
  expect(refused.exit).toBe(65)
  expect(refused.err).toMatch(/newer Capstan \(its schema has 999, this one knows \d+\)/)
  const checked = await capstan(['doctor', '--port', '0', '--workspace', workspace])
  expect(checked.exit).toBe(1)
  expect(checked.out).toMatch(/✗ Workspace/)
})

test('a data file that is cut off stops the first turn; repaired, the turn goes on', async () => {
  const workspace = temporaryFolder()
  const data = fewDigits(1000, 200)
  const images = join(data, 'train-images-idx3-ubyte')
  const whole = readFileSync(images)
  writeFileSync(images, whole.subarray(0, 300_000))
  const words = ['start', '--once', '--port', '0', '--epochs', '1', '--data', data, '--workspace', workspace]
  expect(await capstan(words)).toMatchObject({ exit: 65, err: expect.stringContaining('is cut off') })
  expect(await capstan(['status', '--workspace', workspace])).toMatchObject({ exit: 0, err: '' })
  writeFileSync(images, whole)
  expect(await capstan(words)).toMatchObject({ exit: 0, err: '' })
})

test('a folder that cannot be a workspace', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  const refused = await capstan([
    'start',
    '--once',
    '--port',
    '0',
    '--workspace',
    join(folder, 'file/inside'),
  ])
  expect(refused.exit).toBe(74)
  expect(refused.err).toContain('--workspace')
})

test('doctor finds a healthy machine healthy, and explains a missing GPU', async () => {
  const checked = await capstan([
    'doctor',
    '--port',
    '0',
    '--json',
    '--workspace',
    join(temporaryFolder(), 'new'),
  ])
  const { ok, checks } = JSON.parse(checked.out) as { ok: boolean; checks: { name: string; state: string }[] }
  expect([checked.exit, ok, checked.err]).toEqual([0, true, ''])
  expect(checks.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'node',
      'cores',
      'memory',
      'disk',
      'cpuProvider',
      'gpuProvider',
      'data',
      'workspace',
      'port',
    ]),
  )
})

test('wrong words are usage errors in the language asked for', async () => {
  expect(await capstan(['strat'])).toMatchObject({
    exit: 64,
    err: expect.stringContaining('no command strat'),
  })
  expect(await capstan(['train', '--lang', 'zh-CN'])).toMatchObject({
    exit: 64,
    err: expect.stringContaining('--data'),
  })
  expect(await capstan(['start', '--port', '70000'])).toMatchObject({
    exit: 64,
    err: expect.stringContaining('70000'),
  })
  expect(
    await capstan(['status'], { LC_ALL: 'zh_CN.UTF-8', CAPSTAN_WORKSPACE: '/nowhere/at/all' }),
  ).toMatchObject({
    exit: 74,
    err: expect.stringContaining('工作区'),
  })
  expect(await capstan(['--help'])).toMatchObject({
    exit: 0,
    out: expect.stringContaining('start [options]'),
  })
})

test('a design is checked without a workspace', async () => {
  const file = join(temporaryFolder(), 'design.json')
  const layers = [{ type: 'flatten' }, { type: 'linear', name: 'fc1', in: 784, out: 10 }]
  writeFileSync(file, JSON.stringify({ input: [1, 28, 28], layers }))
  const cwd = temporaryFolder()
  mkdirSync(cwd, { recursive: true })
  const checked = await capstan(['design', 'check', file, '--json', '--workspace', join(cwd, 'none')])
  expect(JSON.parse(checked.out)).toMatchObject({ parameters: 7850 })
  const broken = join(cwd, 'broken.json')
  writeFileSync(broken, '{"input": [1, 28, 28], "layers": [{"type": "conv3d"}]}')
  expect(await capstan(['design', 'check', broken])).toMatchObject({ exit: 65, out: '' })
})
