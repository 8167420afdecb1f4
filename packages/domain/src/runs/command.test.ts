/** @file Tests of commands: their kind, their endings, their estimates. */
import { describe, expect, it } from 'vitest'
import { commandKey, endingMessage, estimateFromEarlier, exitCodeOf, mayRetry } from './command.ts'

describe('commands', () => {
  it.each([
    [['python', 'train.py', '--lr', '0.01'], 'python train.py'],
    [['/usr/bin/python3', '-m', 'pkg.train', '0.1'], 'python3 pkg.train'],
    [['./train.sh'], 'train.sh'],
    [['node', '--max-old-space-size=4096', 'a.js'], 'node a.js'],
    [['sh', '-c', 'echo 1'], 'sh echo 1'],
    [['bash', '-lc', 'x'], 'bash x'],
    [['torchrun', '--nproc', '2', 'a.py'], 'torchrun a.py'],
    [['a/', 'lr=0.1'], 'a/'],
    [[], ''],
  ])('%j are runs of "%s"', (words, key) => {
    expect(commandKey(words)).toBe(key)
  })

  it('have exit codes as a shell counts them', () => {
    expect(exitCodeOf({ kind: 'exited', code: 3 })).toBe(3)
    expect(exitCodeOf({ kind: 'signalled', signal: 'SIGSEGV' })).toBe(139)
    expect(exitCodeOf({ kind: 'not-found' })).toBe(127)
    expect(exitCodeOf({ kind: 'out-of-time' })).toBe(124)
    expect(mayRetry({ kind: 'exited', code: 1 })).toBe(true)
    expect(mayRetry({ kind: 'not-found' })).toBe(false)
  })

  it('say how they ended, and nothing when it went well', () => {
    const facts = { program: 'a', detail: 'd', limit: 2 ** 21, memory: 2 ** 22 }
    expect(endingMessage({ kind: 'exited', code: 0 }, facts)).toBeNull()
    expect(endingMessage({ kind: 'out-of-memory' }, facts)).toEqual({
      code: 'command.outOfMemory',
      values: { program: 'a', memory: 4, limit: 2 },
    })
  })

  it('will take what four of five earlier ones took', () => {
    expect(estimateFromEarlier([])).toBeNull()
    expect(estimateFromEarlier([10])).toBe(10)
    const estimate = estimateFromEarlier([50, 10, 20, 40, 30])!
    expect(estimate).toBeGreaterThanOrEqual(40)
    expect(estimate).toBeLessThanOrEqual(50)
  })
})
