/** @file Asks ONNX Runtime for a session on a provider, with the smallest of models. */
import { newGraph, ops, writeModel } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'

export interface ProviderProbe {
  used: string | null
  /** Why the provider that was asked for is not used. */
  reason: string | null
}

export async function probeProvider(provider: 'cpu' | 'webgpu'): Promise<ProviderProbe> {
  try {
    const graph = newGraph()
    const x = graph.input('x', 'float32', [4])
    const bytes = writeModel({ graph, inputs: [x], outputs: [ops(graph).relu(x)], outputNames: ['y'] })
    const session = await nodeRuntime({ provider, threads: 1 }).createSession(bytes)
    const { used, reason } = session.provider
    await session.release()
    return { used, reason }
  } catch (error) {
    return { used: null, reason: error instanceof Error ? error.message : String(error) }
  }
}
