/** @file Builds the nodes of one graph again in another, where other values stand for its inputs and constants. */
import { knownBranch } from '../graph/expand/control.ts'
import { newGraph, topological } from '../graph/graph.ts'
import { knownType } from '../graph/opaque.ts'
import { isSub } from '../graph/shapes/subgraph.ts'
import type { Dim } from '../graph/tensor.ts'
import type { Attribute, Graph, Node, Subgraph, Value, ValueType } from '../graph/types.ts'
import { addNode } from './nodes.ts'
import { inputLike } from './types.ts'
import { canonicalOpset } from './versions.ts'

/**
 * The values in `target` that mean what `outputs` mean, once `known` stands for the inputs. Shapes are worked out
 * anew: a node that was kept because a size was not known gets its rules where the size is known now.
 */
export function replay(
  outputs: readonly Value[],
  target: Graph,
  known: ReadonlyMap<Value, Value>,
): readonly Value[] {
  return copy(outputs, outputs[0]?.graph, target, new Map(known), sizesOf(known))
}

type Sizes = ReadonlyMap<string, Dim>

/** What stands for each named size of the inputs. */
function sizesOf(known: ReadonlyMap<Value, Value>): Sizes {
  const sizes = new Map<string, Dim>()
  for (const [from, to] of known) {
    const [a, b] = [knownType(from)?.shape, knownType(to)?.shape]
    a?.forEach((d, i) => {
      const size = b?.[i]
      if (typeof d === 'string' && size !== undefined) sizes.set(d, size)
    })
  }
  return sizes
}

function copy(
  outputs: readonly Value[],
  source: Graph | undefined,
  target: Graph,
  values: Map<Value, Value>,
  sizes: Sizes,
): readonly Value[] {
  const current = (v: Value): Value => {
    const there = values.get(v)
    if (there !== undefined) return there
    if (v.constant === null) throw new Error(`internal: nothing stands for ${v.name}`)
    const made = target.constant(v.constant, v.name)
    values.set(v, made)
    return made
  }
  for (const node of outputs.length === 0 ? [] : topological(outputs, source)) {
    if (node.outputs.some((v) => values.has(v))) continue
    const inputs = node.inputs.map((v) => (v === null ? null : current(v)))
    const taken = takenBranch(node, inputs)
    if (taken !== null) {
      const results = copy(taken.outputs, taken.graph, target, values, sizes)
      node.outputs.forEach((v, i) => {
        values.set(v, results[i]!)
      })
      continue
    }
    const made = target.scoped(node.scope, () =>
      addNode(target, {
        op: node.opaque ?? { op: node.op, domain: '', version: canonicalOpset },
        inputs,
        attributes: Object.fromEntries(
          Object.entries(node.attributes).map(([name, a]): [string, Attribute] => [
            name,
            isSub(a) ? body(a, target, values, sizes) : a,
          ]),
        ),
        types: node.outputs.map((v) => sized(knownType(v), sizes)),
      }),
    )
    node.outputs.forEach((v, i) => {
      values.set(v, made[i]!)
    })
  }
  return outputs.map(current)
}

/** The branch of an If whose condition is known by now. */
function takenBranch(node: Node, inputs: readonly (Value | null)[]): Subgraph | null {
  const isIf =
    node.opaque === undefined ? node.op === 'If' : node.opaque.op === 'If' && node.opaque.domain === ''
  const name = isIf ? knownBranch(inputs[0]) : null
  const branch = name === null ? undefined : node.attributes[name]
  return isSub(branch) && branch.outputs.length >= node.outputs.length ? branch : null
}

function body(sub: Subgraph, parent: Graph, outer: ReadonlyMap<Value, Value>, sizes: Sizes): Subgraph {
  const graph = newGraph(parent)
  const values = new Map(outer)
  const inputs = sub.inputs.map((v) => {
    const made = inputLike(graph, v, sized(knownType(v), sizes))
    values.set(v, made)
    return made
  })
  return { graph, inputs, outputs: copy(sub.outputs, sub.graph, graph, values, sizes) }
}

const sized = (type: ValueType | null, sizes: Sizes): ValueType | null =>
  type === null
    ? null
    : { ...type, shape: type.shape.map((d) => (typeof d === 'string' ? (sizes.get(d) ?? d) : d)) }
