/** @file Tests of the local executor with real processes that behave badly. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Launch } from './executor.ts'
import { localExecutor, markOf } from './local.ts'
import { createOutput } from './output.ts'
import { killMarked, processGroup } from './processes.ts'

const folder = mkdtempSync(join(tmpdir(), 'capstan-local-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
function run(argv: string[], change: Partial<Launch> = {}) {
  const launch: Launch = {
    runId: `test_${process.pid}_${count++}`,
    attempt: 1,
    argv,
    folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder },
    limits: { wallSeconds: null, memoryBytes: null },
    cpus: [],
    gpus: [],
    graceSeconds: 0.5,
    ...change,
  }
  const text = { stdout: '', stderr: '' }
  const bytes = { stdout: 0, stderr: 0 }
  const execution = localExecutor.start(launch, (stream, chunk) => {
    bytes[stream] += chunk.length
    if (text[stream].length < 10_000) text[stream] += Buffer.from(chunk).toString()
  })
  return { execution, text, bytes, mark: markOf(launch.runId) }
}
const living = (mark: string) => processGroup(null, mark).look().count
const sh = (script: string, change: Partial<Launch> = {}) => run(['sh', '-c', script], change)

describe('a command', () => {
  it('has its output, its folder, its environment and its exit code', async () => {
    const { execution, text } = sh('pwd; echo "$WHAT" >&2; exit 7', {
      env: { PATH: process.env.PATH!, WHAT: 'a b' },
    })
    expect(await execution.ended).toEqual({ kind: 'exited', code: 7, leftBehind: 0 })
    expect(text).toEqual({ stdout: `${folder}\n`, stderr: 'a b\n' })
  })

  it.each([
    ['does not exist', ['no-such-command-here'], { kind: 'not-found' }],
    ['is no path', ['./nothing'], { kind: 'not-found' }],
    ['is empty', [''], { kind: 'not-found' }],
    ['is a folder', ['/tmp'], { kind: 'not-executable' }],
  ] as const)('that %s is told', async (_, argv, ending) => {
    expect(await run([...argv]).execution.ended).toMatchObject(ending)
  })

  it('that may not be executed is told', async () => {
    const file = join(folder, 'plain.sh')
    writeFileSync(file, 'echo no')
    chmodSync(file, 0o644)
    expect(await run(['./plain.sh']).execution.ended).toMatchObject({ kind: 'not-executable' })
    expect(await run(['ls'], { folder: join(folder, 'gone') }).execution.ended).toMatchObject({
      kind: 'no-folder',
    })
  })

  it('that ends by a signal is told by its name', async () => {
    expect(await sh('kill -SEGV $$').execution.ended).toMatchObject({ kind: 'signalled', signal: 'SIGSEGV' })
  })

  it('that ignores SIGTERM is killed, with its children', async () => {
    const { execution, mark } = sh("trap '' TERM; sleep 300 & sleep 300; sleep 300")
    await new Promise((resume) => setTimeout(resume, 300))
    execution.stop('cancelled')
    expect(await execution.ended).toMatchObject({ kind: 'stopped', reason: 'cancelled' })
    expect(living(mark)).toBe(0)
  })

  it('that hears SIGTERM has time to save what it has', async () => {
    const { execution, text } = sh(
      "trap 'sleep 0.1; echo saved; exit 3' TERM; while :; do sleep 0.02; done",
      {
        graceSeconds: 20,
      },
    )
    await new Promise((resume) => setTimeout(resume, 300))
    execution.stop('released')
    expect(await execution.ended).toMatchObject({ kind: 'stopped', reason: 'released' })
    expect(text.stdout).toBe('saved\n')
  })

  it('that forks away, out of group, session and environment, is ended with what it left', async () => {
    const { execution, mark } = sh(
      'setsid sleep 300 & (setsid sh -c "sleep 300 & exec sleep 300" &) ; sleep 0.4; env -i setsid sleep 299 & sleep 0.6; exit 0',
    )
    const ending = await execution.ended
    expect(ending).toMatchObject({ kind: 'exited', code: 0 })
    expect(ending.leftBehind).toBeGreaterThanOrEqual(4)
    expect(living(mark)).toBe(0)
  })

  it('that takes too long or too much memory is ended with the reason', async () => {
    const slow = sh('sleep 300', { limits: { wallSeconds: 0.3, memoryBytes: null } })
    expect(await slow.execution.ended).toMatchObject({ kind: 'out-of-time' })
    const script = 'const b=[];setInterval(()=>b.push(Buffer.alloc(20<<20,1)),10)'
    const greedy = run([process.execPath, '-e', script], {
      limits: { wallSeconds: 30, memoryBytes: 200 << 20 },
    })
    const ending = await greedy.execution.ended
    expect(ending).toMatchObject({ kind: 'out-of-memory' })
    expect(greedy.execution.usage().peakMemoryBytes).toBeGreaterThan(200 << 20)
  })

  it('is measured with all of its children', async () => {
    const spin = 'const t=process.cpuUsage();while(process.cpuUsage(t).user<3e5);'
    const { execution } = sh(`"${process.execPath}" -e '${spin}' & "${process.execPath}" -e '${spin}'; wait`)
    await execution.ended
    expect(execution.usage().cpuSeconds).toBeGreaterThanOrEqual(0.58)
    expect(execution.usage().wallSeconds).toBeGreaterThan(0)
    expect(execution.usage().energyJoules === null || execution.usage().energyJoules! >= 0).toBe(true)
  })

  it('is bound to its cores', async () => {
    const { execution, text } = sh('grep Cpus_allowed_list /proc/self/status', { cpus: [0] })
    await execution.ended
    expect(text.stdout).toMatch(/Cpus_allowed_list:\s+0\n/)
  })

  it('has no shell between its words and itself', async () => {
    const { execution, text } = run(['printf', '%s|', 'a b', '$HOME', '`id`', '*', "it's", ''])
    await execution.ended
    expect(text.stdout).toBe("a b|$HOME|`id`|*|it's||")
  })

  it('left by a lost worker is found by its mark', async () => {
    const { execution, mark } = sh('setsid sleep 300 & sleep 300')
    while (living(mark) < 3) await new Promise((resume) => setTimeout(resume, 20))
    expect(killMarked(mark)).toBeGreaterThanOrEqual(3)
    await execution.ended
    expect(living(mark)).toBe(0)
  })
})

describe('output', () => {
  it('of a flood is held in bounded memory, with its head and its tail', async () => {
    const output = createOutput(0, 1 << 20, 1 << 16)
    const flood = sh('yes 0123456789abcdef | head -c 200000000')
    await flood.execution.ended
    expect(flood.bytes.stdout).toBe(200_000_000)
    // such a flood through the buffer, while nobody takes anything
    const line = Buffer.from('0123456789abcdef\n'.repeat(4000))
    for (let i = 0; i < 3000; i++) output.write('stdout', line)
    output.write('stdout', Buffer.from('last\n'))
    expect(output.waiting).toBeLessThanOrEqual((1 << 20) + (1 << 16) + (1 << 15))
    const pieces = output.peek(Number.POSITIVE_INFINITY)
    expect(pieces[0]!.offset).toBe(0)
    expect(pieces.at(-1)!.text.endsWith('last\n')).toBe(true)
    expect(pieces.at(-1)!.offset + Buffer.byteLength(pieces.at(-1)!.text)).toBe(output.offset)
    expect(output.offset).toBe(3000 * line.length + 5)
  })

  it('keeps characters whole that are cut between two chunks, and holds no NUL', () => {
    const output = createOutput(100)
    const bytes = Buffer.from('训练\0完成')
    for (const byte of bytes) output.write('stdout', Uint8Array.of(byte))
    output.write('stderr', Uint8Array.of(0xe8, 0xae))
    output.end()
    expect(output.peek(1e6)).toEqual([
      { offset: 100, stream: 'stdout', text: '训练\ufffd完成' },
      { offset: 115, stream: 'stderr', text: '\ufffd' },
    ])
  })

  it('that grows while it is being sent is not lost', () => {
    const output = createOutput(0)
    output.write('stdout', Buffer.from('one '))
    const first = output.peek(100)
    output.write('stdout', Buffer.from('two'))
    output.sent(first)
    expect(output.peek(100)).toEqual([{ offset: 4, stream: 'stdout', text: 'two' }])
    output.sent(output.peek(100))
    expect([output.waiting, output.offset]).toEqual([0, 7])
  })
})
