/** @file The Node runtime: results, errors, and the fall-back from a device that is not there. */
import { describe, expect, it } from 'vitest'
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { writeModel } from '../onnx/write.ts'
import { nodeRuntime } from './node.ts'

function doubled(): Uint8Array {
  const graph = newGraph()
  const x = graph.input('x', 'float32', ['N'])
  return writeModel({ graph, inputs: [x], outputs: [ops(graph).mul(x, 2)], outputNames: ['y'] })
}

const three = { dtype: 'float32' as const, shape: [3], data: Float32Array.of(1, 2, 3) }

describe('nodeRuntime', () => {
  it('runs a graph and describes itself', async () => {
    const session = await nodeRuntime({ threads: 1 }).createSession(doubled())
    expect(session.inputNames).toEqual(['x'])
    expect(session.outputNames).toEqual(['y'])
    expect(session.provider).toEqual({ asked: 'cpu', used: 'cpu', reason: null, threads: 1 })
    const { y } = await session.run({ x: three })
    expect(y).toEqual({ dtype: 'float32', shape: [3], data: Float32Array.of(2, 4, 6) })
    await session.release()
  })

  it('falls back to the CPU and says why where there is no WebGPU', async () => {
    const session = await nodeRuntime({ threads: 1, provider: 'webgpu' }).createSession(doubled())
    const { used, reason } = session.provider
    expect(used === 'webgpu' ? reason === null : /webgpu is not available here: ./.test(reason ?? '')).toBe(
      true,
    )
    expect([...(await session.run({ x: three })).y!.data]).toEqual([2, 4, 6])
    await session.release()
  })

  it('refuses bytes that are no graph', async () => {
    await expect(nodeRuntime().createSession(new Uint8Array(20))).rejects.toMatchObject({
      code: 'engine/runtime',
    })
  })

  it('refuses inputs that do not fit', async () => {
    const session = await nodeRuntime({ threads: 1 }).createSession(doubled())
    await expect(
      session.run({ x: { ...three, dtype: 'int32', data: Int32Array.of(1, 2, 3) } }),
    ).rejects.toMatchObject({ code: 'engine/runtime' })
    await expect(session.run({})).rejects.toMatchObject({ code: 'engine/runtime' })
    await session.release()
  })
})
