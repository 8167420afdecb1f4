/** @file The graph builder: names, layer scopes, constants, shape-checked nodes. */
import { OpaqueValue, qualified } from './opaque.ts'
import { isSub } from './shapes/subgraph.ts'
import { inferShapes } from './shapes/table.ts'
import { type DType, type Shape, showShape, type Tensor } from './tensor.ts'
import type { Attributes, Graph, Node, OpaqueOp, Subgraph, Value, ValueType } from './types.ts'

/** Ops whose two runs may differ, so that two equal nodes are not one. */
const impure = new Set([
  'RandomNormal',
  'RandomUniform',
  'RandomNormalLike',
  'RandomUniformLike',
  'Bernoulli',
  'Multinomial',
  'Dropout',
])

/** Hands out names that are unique in a graph and all graphs inside it. */
class Names {
  readonly #used = new Map<string, number>()

  take(wanted: string): string {
    const n = this.#used.get(wanted)
    this.#used.set(wanted, (n ?? 0) + 1)
    return n === undefined ? wanted : this.take(`${wanted}_${n}`)
  }
}

/**
 * A builder of ONNX graphs. Nodes are shape-checked when they are added; equal pure nodes are made once. There is no
 * node list to keep: what is written is what the outputs reach.
 */
class OnnxGraph implements Graph {
  readonly parent: OnnxGraph | null
  readonly #names: Names
  readonly #bindings = new Map<object, Value>()
  readonly #cache = new Map<string, readonly Value[]>()
  readonly #ids = new Map<object, number>()
  #scope = ''

  constructor(parent: OnnxGraph | null) {
    this.parent = parent
    this.#names = parent === null ? new Names() : parent.#names
  }

  get scope(): string {
    return this.#scope
  }

  scoped<T>(scope: string, trace: () => T): T {
    const outer = this.#scope
    this.#scope = scope
    try {
      return trace()
    } finally {
      this.#scope = outer
    }
  }

  input(name: string, dtype: DType, shape: Shape): Value {
    return { graph: this, name: this.#names.take(name), dtype, shape, node: null, constant: null }
  }

  opaqueInput(name: string, declared: unknown): Value {
    return new OpaqueValue(this, this.#names.take(name), null, declared)
  }

  constant(content: Tensor, name?: string): Value {
    const key =
      name === undefined && content.data.length <= 64
        ? `${content.dtype}${showShape(content.shape)}${content.data.join()}`
        : null
    const known = key === null ? undefined : this.#cache.get(key)
    if (known?.[0] !== undefined) return known[0]
    const { dtype, shape } = content
    const value = {
      graph: this,
      name: this.#names.take(name ?? 'constant'),
      dtype,
      shape,
      node: null,
      constant: content,
    }
    if (key !== null) this.#cache.set(key, [value])
    return value
  }

  bind(key: object, value: Value): void {
    this.#bindings.set(key, value)
  }

  bound(key: object): Value | undefined {
    return this.#bindings.get(key) ?? this.parent?.bound(key)
  }

  add(
    op: string,
    inputs: readonly (Value | null)[],
    attributes: Attributes = {},
    outputCount = 1,
  ): readonly Value[] {
    const key = impure.has(op) ? null : this.#keyOf(op, inputs, attributes, outputCount)
    const known = key === null ? undefined : this.#cache.get(key)
    if (known !== undefined) return known
    const where = this.#scope === '' ? op : `${this.#scope} (${op})`
    const types = inferShapes(op, { where, inputs, attributes, outputCount })
    const name = this.#names.take(this.#scope === '' ? op : `${this.#scope}/${op}`)
    const outputs: Value[] = []
    const node: Node = { op, name, scope: this.#scope, inputs, outputs, attributes }
    types.forEach((type, i) => {
      outputs.push({
        graph: this,
        name: i === 0 ? name : this.#names.take(`${name}.${i}`),
        ...type,
        node,
        constant: null,
      })
    })
    if (key !== null) this.#cache.set(key, outputs)
    return outputs
  }

  addOpaque(
    op: OpaqueOp,
    inputs: readonly (Value | null)[],
    attributes: Attributes,
    types: readonly (ValueType | null)[],
  ): readonly Value[] {
    const name = this.#names.take(this.#scope === '' ? op.op : `${this.#scope}/${op.op}`)
    const outputs: Value[] = []
    const node: Node = {
      op: qualified(op),
      name,
      scope: this.#scope,
      inputs,
      outputs,
      attributes,
      opaque: op,
    }
    types.forEach((type, i) => {
      const own = i === 0 ? name : this.#names.take(`${name}.${i}`)
      outputs.push(
        type === null
          ? new OpaqueValue(this, own, node, undefined)
          : { graph: this, name: own, ...type, node, constant: null },
      )
    })
    return outputs
  }

  #keyOf(
    op: string,
    inputs: readonly (Value | null)[],
    attributes: Attributes,
    outputCount: number,
  ): string | null {
    if (Object.values(attributes).some((a) => typeof a === 'object' && !Array.isArray(a))) return null
    const ids = inputs.map((v) => (v === null ? '-' : this.#idOf(v)))
    return `${op}|${ids.join()}|${outputCount}|${JSON.stringify(attributes)}`
  }

  #idOf(value: Value): number {
    const known = this.#ids.get(value)
    if (known !== undefined) return known
    this.#ids.set(value, this.#ids.size)
    return this.#ids.size - 1
  }
}

/** A new graph; with a parent, one for a subgraph, whose nodes may use the parent's values. */
export function newGraph(parent: Graph | null = null): Graph {
  if (parent !== null && !(parent instanceof OnnxGraph))
    throw new TypeError('internal: a graph of another kind')
  return new OnnxGraph(parent)
}

/**
 * The nodes that `outputs` need, each after the nodes it needs; nodes of outer graphs are left out, and so is what lies
 * before the values of `from`.
 */
export function topological(
  outputs: readonly Value[],
  graph: Graph | undefined = outputs[0]?.graph,
  from: ReadonlySet<Value> = new Set(),
): Node[] {
  const done = new Set<Node>()
  const order: Node[] = []
  // An explicit stack: a long chain must not overflow the call stack.
  const stack: { node: Node; next: number; needs: readonly Node[] }[] = []
  const push = (value: Value): void => {
    if (value.node === null || value.graph !== graph || from.has(value) || done.has(value.node)) return
    done.add(value.node)
    stack.push({ node: value.node, next: 0, needs: needsOf(value.node, graph, from) })
  }
  for (const output of outputs) {
    push(output)
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!
      const need = top.needs[top.next++]
      if (need === undefined) {
        order.push(top.node)
        stack.pop()
      } else if (!done.has(need)) {
        done.add(need)
        stack.push({ node: need, next: 0, needs: needsOf(need, graph, from) })
      }
    }
  }
  return order
}

function needsOf(node: Node, graph: Graph | undefined, from: ReadonlySet<Value>): Node[] {
  const values = [...node.inputs, ...Object.values(node.attributes).filter(isSub).flatMap(captures)]
  return values.flatMap((v) =>
    v !== null && v.node !== null && v.graph === graph && !from.has(v) ? [v.node] : [],
  )
}

/** The values of outer graphs that a subgraph uses. */
export function captures(sub: Subgraph): Value[] {
  const found = new Set<Value>()
  const look = (v: Value | null): void => {
    if (v !== null && v.graph !== sub.graph) found.add(v)
  }
  sub.outputs.forEach(look)
  for (const node of topological(sub.outputs, sub.graph)) {
    node.inputs.forEach(look)
    for (const inner of Object.values(node.attributes).filter(isSub)) captures(inner).forEach(look)
  }
  return [...found]
}
