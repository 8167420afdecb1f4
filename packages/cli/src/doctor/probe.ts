/** @file Entry of the probing process: opens the smallest of models on a provider and prints what came of it. */
import { newGraph, ops, writeModel } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import type { Provider, ProviderProbe } from './provider.ts'

const probe = await open((process.argv[2] ?? 'cpu') as Provider)
process.stdout.write(`${JSON.stringify(probe)}\n`)

async function open(provider: Provider): Promise<ProviderProbe> {
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
