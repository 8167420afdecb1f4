/** @file Rewrites a graph by local rules before it is differentiated. */
import { captures, topological } from '../graph.ts'
import { rebound } from '../inline.ts'
import { knownType } from '../opaque.ts'
import { type Ops, ops } from '../ops.ts'
import { isSub } from '../shapes/subgraph.ts'
import type { Node, Value } from '../types.ts'

export interface RewriteContext {
  readonly g: Ops
  /** The node as it was built. */
  readonly node: Node
  /** Its inputs after the rewrites before it. */
  readonly inputs: readonly (Value | null)[]
  /** How many nodes read the value that `v` came from; the loss and other results count as one more. */
  uses(v: Value): number
  /** Whether `v`, as it was built or after the rewrites, depends on one of the trained values. */
  trained(v: Value): boolean
}

/** Values for the outputs of the node that mean the same, or null where the rule does not apply. */
export type RewriteRule = (context: RewriteContext) => readonly Value[] | null

/**
 * `outputs` after the rules, tried in their order at every node; the first that applies wins and the rules are tried
 * again on what it made. The graph only grows; what is no longer used is never written.
 */
export function rewrite(
  outputs: readonly Value[],
  rules: readonly RewriteRule[],
  trained: readonly Value[],
): Value[] {
  const graph = outputs[0]?.graph
  if (graph === undefined) return []
  const g = ops(graph)
  const nodes = topological(outputs, graph)
  const counts = new Map<Value, number>()
  const count = (v: Value | null): void => {
    if (v !== null) counts.set(v, (counts.get(v) ?? 0) + 1)
  }
  const usedInside = (node: Node): Value[] => Object.values(node.attributes).filter(isSub).flatMap(captures)
  for (const node of nodes) {
    node.inputs.forEach(count)
    usedInside(node).forEach(count)
  }
  outputs.forEach(count)
  const active = new Set<Value>(trained)
  const now = new Map<Value, Value>()
  const current = (v: Value | null): Value | null => (v === null ? null : (now.get(v) ?? v))
  for (const original of nodes) {
    const used = usedInside(original)
    const stays = used.every((v) => current(v) === v)
    const node = stays ? original : { ...original, attributes: rebound(original.attributes, graph, now) }
    const inputs = node.inputs.map(current)
    const context: RewriteContext = {
      g,
      node,
      inputs,
      uses: (v) => counts.get(v) ?? 1,
      trained: (v) => active.has(v),
    }
    const isTrained = [...inputs, ...used.map(current)].some((v) => v !== null && active.has(v))
    const made = graph.scoped(node.scope, () => apply(context, rules, stays))
    node.outputs.forEach((from, i) => {
      const to = made[i]!
      now.set(from, to)
      counts.set(to, counts.get(from) ?? 0)
      if (isTrained) active.add(from).add(to)
    })
  }
  return outputs.map((v) => current(v)!)
}

function apply(
  context: RewriteContext,
  rules: readonly RewriteRule[],
  /** Whether the subgraphs of the node use what they used. */
  stays: boolean,
): readonly Value[] {
  for (const rule of rules) {
    const made = rule(context)
    if (made !== null) return made
  }
  const { g, node, inputs } = context
  if (stays && inputs.every((v, i) => v === node.inputs[i])) return node.outputs
  if (node.opaque !== undefined)
    return g.graph.addOpaque(node.opaque, inputs, node.attributes, node.outputs.map(knownType))
  return g.graph.add(node.op, inputs, node.attributes, node.outputs.length)
}
