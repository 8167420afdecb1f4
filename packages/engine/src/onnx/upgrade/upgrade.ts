/** @file Brings a node of an older opset to the canonical one, by the table of adapters. */
import type { Attributes, Graph, OpaqueOp, Value } from '../../graph/types.ts'
import { addNode, type NodeSpec } from '../nodes.ts'
import { canonicalOpset } from '../versions.ts'
import { type Adapter, type OldNode, without } from './adapter.ts'
import { fromAttributes } from './attributes.ts'
import { changedMeanings } from './meanings.ts'
import { recurrences } from './recurrence.ts'

/** Per op its adapters, in the order of the opsets. */
export const adapters: Readonly<Record<string, readonly Adapter[]>> = merged(
  changedMeanings,
  fromAttributes,
  recurrences,
)

function merged(...tables: readonly Readonly<Record<string, readonly Adapter[]>>[]) {
  const all: Record<string, Adapter[]> = {}
  for (const table of tables)
    for (const [op, list] of Object.entries(table))
      all[op] = [...(all[op] ?? []), ...list].sort((a, b) => a.before - b.before)
  return all
}

/** The values for the outputs of a node that a file of `opset` has; null for one that no longer exists. */
export function addUpgraded(
  graph: Graph,
  spec: NodeSpec,
  opset: number,
  where: string,
): readonly (Value | null)[] {
  const { op, omitted } = spec.op
  let node: OldNode = {
    op,
    inputs: spec.inputs,
    attributes: opset < 6 ? without(spec.attributes, 'consumed_inputs') : spec.attributes,
    outputCount: spec.types.length,
  }
  const emit = (name: string, inputs: readonly (Value | null)[], attributes: Attributes = {}, count = 1) =>
    addNode(graph, {
      op: canonical(name),
      inputs,
      attributes,
      types: Array<null>(count).fill(null),
    })
  // From here on: an adapter may make another op of the node, whose own later changes then apply.
  let from = opset
  for (let next = nextFor(node.op, from); next !== undefined; next = nextFor(node.op, from)) {
    const change = next.adapt({ ...node, where, graph, emit })
    if ('outputs' in change) return change.outputs
    node = { ...node, ...change }
    from = next.before
  }
  return addNode(graph, {
    op: { ...canonical(node.op, opset), ...(omitted ? { omitted } : {}) },
    inputs: node.inputs,
    attributes: node.attributes,
    types: Array.from({ length: node.outputCount }, (_, i) => spec.types[i] ?? null),
  })
}

/** The first change after `opset`. */
const nextFor = (op: string, opset: number): Adapter | undefined =>
  Object.hasOwn(adapters, op) ? adapters[op]!.find(({ before }) => before > opset) : undefined

const canonical = (op: string, opset = 0): OpaqueOp => ({
  op,
  domain: '',
  version: Math.max(canonicalOpset, opset),
})
