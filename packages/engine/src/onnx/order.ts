/** @file The order of a file's nodes: each after what it needs; files of some exporters are not sorted. */
import { EngineError } from '../errors.ts'
import type { NodeProto } from './onnx.generated.ts'

export const deepestNesting = 16

export const badModel = (message: string, cause?: unknown): EngineError =>
  new EngineError(
    'engine/bad-model',
    message,
    'Check that the file is a complete ONNX model; export or copy it again.',
    { cause },
  )

/** @throws EngineError engine/bad-model naming a node of a cycle */
export function ordered(nodes: readonly NodeProto[], known: ReadonlyMap<string, unknown>): NodeProto[] {
  const producer = new Map<string, NodeProto>()
  for (const node of nodes) for (const name of node.output) if (name !== '') producer.set(name, node)
  const state = new Map<NodeProto, 'open' | 'done'>()
  const order: NodeProto[] = []
  for (const first of nodes) {
    // An explicit stack: a long chain must not overflow the call stack.
    const stack: NodeProto[] = [first]
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!
      if (state.get(node) === 'done') {
        stack.pop()
        continue
      }
      const waiting = needsOf(node, known, producer).filter((need) => state.get(need) !== 'done')
      if (state.get(node) === 'open' && waiting.some((n) => state.get(n) === 'open'))
        throw badModel(`the graph has a cycle at ${node.name || node.opType}`)
      state.set(node, waiting.length === 0 ? 'done' : 'open')
      if (waiting.length === 0) {
        order.push(node)
        stack.pop()
      } else for (const need of waiting) stack.push(need)
    }
  }
  return order
}

function needsOf(
  node: NodeProto,
  known: ReadonlyMap<string, unknown>,
  producer: ReadonlyMap<string, NodeProto>,
): NodeProto[] {
  const needs = new Set<NodeProto>()
  for (const name of freeNames(node)) {
    const need = known.has(name) ? undefined : producer.get(name)
    if (need !== undefined && need !== node) needs.add(need)
  }
  return [...needs]
}

/** Names a node reads, those inside its subgraphs included. */
function freeNames(node: NodeProto, depth = 0): string[] {
  if (depth > deepestNesting) throw badModel(`subgraphs are nested more than ${deepestNesting} deep`)
  const inner = node.attribute.flatMap((a) =>
    a.g ? [...a.g.node.flatMap((n) => freeNames(n, depth + 1)), ...a.g.output.map((o) => o.name)] : [],
  )
  return inner.length === 0 ? node.input : [...node.input, ...inner]
}
