/** @file Puts the nodes of one graph into another, where other values stand for some of its own. */
import { newGraph, topological } from './graph.ts'
import { knownType, OpaqueValue } from './opaque.ts'
import { isSub } from './shapes/subgraph.ts'
import type { Attribute, Attributes, Graph, Subgraph, Value } from './types.ts'

/**
 * The values in `target` that mean what `outputs`, values of `source`, mean, once `known` stands for some of them.
 * Values of outer graphs that `known` does not name are used as they are: `target` must see them too.
 */
export function inlined(
  outputs: readonly Value[],
  source: Graph,
  target: Graph,
  known: ReadonlyMap<Value, Value>,
): Value[] {
  const values = new Map(known)
  const current = (v: Value): Value => {
    const there = values.get(v)
    if (there !== undefined) return there
    if (v.graph !== source || v.constant === null) return v
    const made = target.constant(v.constant, v.name)
    values.set(v, made)
    return made
  }
  for (const node of topological(outputs, source, new Set(known.keys()))) {
    if (node.outputs.every((v) => values.has(v))) continue
    const inputs = node.inputs.map((v) => (v === null ? null : current(v)))
    const made = target.scoped(node.scope, () => {
      const attributes = rebound(node.attributes, target, values)
      return node.opaque === undefined
        ? target.add(node.op, inputs, attributes, node.outputs.length)
        : target.addOpaque(node.opaque, inputs, attributes, node.outputs.map(knownType))
    })
    node.outputs.forEach((v, i) => {
      if (!values.has(v)) values.set(v, made[i]!)
    })
  }
  return outputs.map(current)
}

/** The attributes of a node inside `graph`, with subgraphs that use what `known` says instead of what they used. */
export function rebound(attributes: Attributes, graph: Graph, known: ReadonlyMap<Value, Value>): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, a]): [string, Attribute] => [
      name,
      isSub(a) ? moved(a, newGraph(graph), known) : a,
    ]),
  )
}

function moved(sub: Subgraph, graph: Graph, known: ReadonlyMap<Value, Value>): Subgraph {
  const values = new Map(known)
  const inputs = sub.inputs.map((v) => {
    const type = knownType(v)
    const made =
      type === null
        ? graph.opaqueInput(v.name, v instanceof OpaqueValue ? v.declared : undefined)
        : graph.input(v.name, type.dtype, type.shape)
    values.set(v, made)
    return made
  })
  return { graph, inputs, outputs: inlined(sub.outputs, sub.graph, graph, values) }
}
