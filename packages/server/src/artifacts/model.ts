/** @file What an ONNX file holds, by the engine's reader; read on the compute thread, for a model may be large. */
import { readFile } from 'node:fs/promises'
import type { ArtifactPreview } from '@capstan/api'
import { EngineError, type Node, readModel, type Value } from '@capstan/engine'

type Contents = Extract<ArtifactPreview, { kind: 'onnx' | 'unreadable' }>

/** @param path of the blob; a model in several files is unreadable here, because it is shown by itself */
export async function modelContents({ path, bytes }: { path: string; bytes: number }): Promise<Contents> {
  try {
    const content = await readFile(path)
    const model = readModel(new Uint8Array(content.buffer, content.byteOffset, content.byteLength))
    const counts = new Map<string, number>()
    const nodes = nodesOf(model.outputs)
    for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1)
    const named = (
      names: readonly string[],
      values: readonly { dtype: string; shape: readonly unknown[] }[],
    ) =>
      values.map(({ dtype, shape }, i) => ({
        name: names[i] ?? '',
        type: dtype,
        shape: shape.map((size) => (typeof size === 'number' || typeof size === 'string' ? size : null)),
      }))
    let parameters = 0
    for (const { constant } of model.initialisers.values()) parameters += constant?.data.length ?? 0
    return {
      kind: 'onnx',
      bytes,
      inputs: named(model.inputNames, model.inputs),
      outputs: named(model.outputNames, model.outputs),
      nodes: nodes.size,
      parameters,
      ops: [...counts]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .map(([op, count]) => ({ op, count })),
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { kind: 'unreadable', bytes, reason: error.message, hint: error.hint }
  }
}

/** What the outputs are computed by; the bodies of loops and branches count with their node. */
function nodesOf(outputs: readonly Value[]): Set<Node> {
  const found = new Set<Node>()
  const waiting = [...outputs]
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    const { node } = value
    if (!node || found.has(node)) continue
    found.add(node)
    for (const input of node.inputs) if (input) waiting.push(input)
  }
  return found
}
