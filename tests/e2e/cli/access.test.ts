/** @file The commands around access and the whole workspace, as people type them. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from '../server/world.ts'
import { capstan, type Finished, removeFolders, root, temporaryFolder } from './capstan.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ workers: 0 })
  await world.capstan.members.create({ body: { name: 'Ann', roles: ['lead'] } })
})
afterAll(async () => {
  await world.server.close()
  removeFolders()
})

const run = (words: string[], workspace = world.folder) => capstan([...words, '--workspace', workspace])

describe('the whole workspace', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'all.ndjson')

  test('is written into a file that only its owner reads, and into tables', async () => {
    const written = await run(['export', file])
    expect(written).toMatchObject({ exit: 0, err: '' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toContain('"name":"Ann"')
    const shown = await run(['export', '-'])
    expect(shown.out.split('\n').slice(1)).toEqual(readFileSync(file, 'utf8').split('\n').slice(1))
    const tables = await run(['export', '--csv', join(folder, 'tables')])
    expect(tables.exit).toBe(0)
    expect(readdirSync(join(folder, 'tables')).sort()).toEqual([
      'audit.csv',
      'experiments.csv',
      'members.csv',
    ])
  })

  test('is read into a new workspace, and nowhere else', async () => {
    const fresh = join(folder, 'fresh')
    const checked = await run(['import', file, '--check'], fresh)
    expect(checked.out).toContain('Nothing was written')
    const done = await run(['import', file], fresh)
    expect(done).toMatchObject({ exit: 0, err: '' })
    expect(done.out).toMatch(/Imported: 3 records and 0 files\.\nIts history came along: 1 entries/)
    const again = await run(['import', file], fresh)
    expect(again.exit).toBe(65)
    expect(again.err).toContain('already; nothing was written')
    const zh = await run(['import', file, '--lang', 'zh-CN'])
    expect(zh.err).toContain('没有写入任何内容')
  })

  test('needs to be told where', async () => {
    expect(await run(['export'])).toMatchObject({ exit: 64 })
    expect(await run(['import', join(folder, 'nothing')])).toMatchObject({ exit: 64 })
    expect(existsSync(join(folder, 'all.ndjson.part'))).toBe(false)
  })
})

/** With a line on standard input. */
function typed(words: string[], line: string, env: Record<string, string>): Promise<Finished> {
  const child = spawn(process.execPath, [join(root, 'packages/cli/bin/capstan.js'), ...words], {
    env: { ...process.env, LC_ALL: 'C', NO_COLOR: '1', CAPSTAN_WORKSPACE: '', ...env },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (text) => {
    out += text
  })
  child.stderr.on('data', (text) => {
    err += text
  })
  child.stdin.end(`${line}\n`)
  return new Promise((resolve) => child.on('close', (exit) => resolve({ exit, out, err })))
}

describe('people', () => {
  const home = temporaryFolder()
  const env = { XDG_CONFIG_HOME: home, CAPSTAN_TOKEN: '' }
  const own = (words: string[], more = {}) =>
    capstan([...words, '--workspace', world.folder], { ...env, ...more })
  const withPassword = (words: string[], line: string) =>
    typed([...words, '--workspace', world.folder], line, env)
  const words = 'six anchors weighed'

  test('the first account is an owner’s; the machine’s own key goes on', async () => {
    const engineer = await withPassword(['members', 'add', 'Eng', '--password-stdin'], words)
    expect([engineer.exit, engineer.err]).toEqual([65, expect.stringContaining('must be that of an owner')])
    const weak = await withPassword(
      ['members', 'add', 'Olga', '--role', 'owner', '--password-stdin'],
      'short',
    )
    expect(weak.exit).toBe(65)
    const added = await withPassword(['members', 'add', 'Olga', '--role', 'owner', '--password-stdin'], words)
    expect(added).toMatchObject({ exit: 0, err: '' })
    expect((await fetch(`${world.server.address}/api/v1/loop`)).status).toBe(401)
    expect((await own(['whoami'])).out).toContain('The person at this machine')
    expect((await own(['members'])).out).toMatch(/Olga +owner +signs in/)
  })

  test('signing in keeps a token that only its owner reads', async () => {
    const wrong = await withPassword(['login', 'Olga', '--password-stdin'], 'wrong words here')
    expect(wrong.exit).toBe(77)
    const done = await withPassword(['login', 'olga', '--password-stdin'], words)
    expect(done).toMatchObject({ exit: 0, err: '' })
    const file = join(home, 'capstan', 'credentials.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).not.toContain(words)
    expect((await own(['whoami'])).out).toBe('Olga (owner)\n')
  })

  test('tokens are narrowed, used by their variable, and revoked', async () => {
    const cookieless = await own(['tokens', 'add', 'ci', '--read-only'])
    // a token makes no tokens
    expect([cookieless.exit, cookieless.err]).toEqual([77, expect.stringContaining('may not do that')])
    const invited = await own(['members', 'add', 'Vik', '--role', 'viewer', '--invite'])
    expect(invited.out.trim().split('\n').at(-1)).toMatch(/^[\w-]{43}$/)
    const bad = await own(['members'], { CAPSTAN_TOKEN: 'cap_nothing' })
    expect([bad.exit, bad.err]).toEqual([77, expect.stringContaining('was revoked, has expired')])
  })

  test('the history is shown and verified, also against where it once ended', async () => {
    const log = await own(['audit', 'log', '--limit', '5'])
    expect(log.out).toContain('account.invited')
    const verified = await own(['audit', 'verify'])
    const head = verified.out.split('\n').find((line) => /^\d+:[0-9a-f]{64}$/.test(line))!
    expect(verified.exit).toBe(0)
    expect((await own(['audit', 'verify', '--head', head])).exit).toBe(0)
    const other = await own(['audit', 'verify', '--head', head.replace(/.$/, (c) => (c === '0' ? '1' : '0'))])
    expect(other.exit).toBe(65)
    const beyond = await own(['audit', 'verify', '--head', `9999:${head.split(':')[1]}`, '--lang', 'zh-CN'])
    expect([beyond.exit, beyond.out]).toEqual([65, expect.stringContaining('被截去')])
    expect((await own(['audit', 'verify', '--head', 'nothing'])).exit).toBe(64)
  })

  test('roles change, people are disabled, and the last owner stays', async () => {
    expect((await own(['members', 'edit', 'Vik', '--role', 'lead'])).out).toContain('Vik is now: lead')
    expect((await own(['members', 'edit', 'Olga', '--disable'])).exit).toBe(65)
    expect((await own(['members', 'sign-out', 'Olga'])).out).toContain('1 tokens')
    expect((await own(['whoami'])).exit).toBe(77)
    await own(['logout'])
    expect((await own(['whoami'])).out).toContain('The person at this machine')
  })
})
