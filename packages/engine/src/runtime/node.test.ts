/** @file The Node runtime: the cases of every runtime, and the fall-back from devices that are not there. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { writeModel } from '../onnx/write.ts'
import { nodeRuntime } from './node.ts'
import { runtimeCases } from './suite.fixture.ts'

function doubled(): Uint8Array {
  const graph = newGraph()
  const x = graph.input('x', 'float32', ['N'])
  return writeModel({ graph, inputs: [x], outputs: [ops(graph).mul(x, 2)], outputNames: ['y'] })
}

const three = { dtype: 'float32' as const, shape: [3], data: Float32Array.of(1, 2, 3) }

describe.each(['cpu', 'auto'] as const)('a session on %s', (provider) => {
  it.each(runtimeCases.map(({ name, run }) => [name, run] as const))('%s', (_, run) =>
    run((options) => nodeRuntime({ threads: 1, provider, ...options }), provider))
})

describe('devices', () => {
  it.each(['webgpu', 'cuda'] as const)('falls back from %s to the CPU and says why', async (provider) => {
    const session = await nodeRuntime({ threads: 1, provider }).createSession(doubled())
    const { used, reason, notUsed } = session.provider
    if (used === provider) expect(reason).toBeNull()
    else {
      expect(used).toBe('cpu')
      expect(notUsed[0]).toMatchObject({ provider, detail: reason })
      expect(['no-device', 'no-library', 'no-platform']).toContain(notUsed[0]!.why)
    }
    expect([...(await session.run({ x: three })).y!.data]).toEqual([2, 4, 6])
    await session.release()
  })

  it('keeps a profile that was asked for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'capstan-profile-'))
    try {
      const session = await nodeRuntime({ threads: 1, profile: join(folder, 'run') }).createSession(doubled())
      await session.run({ x: three })
      await session.release()
      const [file] = readdirSync(folder)
      expect(readFileSync(join(folder, file!), 'utf8')).toContain('"op_name"')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
