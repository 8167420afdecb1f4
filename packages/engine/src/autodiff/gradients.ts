/** @file The reverse-mode driver: walks a graph backwards, adding up gradients. */
import { EngineError } from '../errors.ts'
import { knownBranch } from '../graph/expand/control.ts'
import { expansions } from '../graph/expand/table.ts'
import { captures, newGraph, topological } from '../graph/graph.ts'
import { inlined } from '../graph/inline.ts'
import { type Ops, ops } from '../graph/ops.ts'
import { isSub } from '../graph/shapes/subgraph.ts'
import { dtypes, isStatic, sizeOf } from '../graph/tensor.ts'
import type { Node, Subgraph, Value } from '../graph/types.ts'
import { sumOf, unbroadcast } from './broadcast.ts'
import { byExpansion, type GradRule } from './rule.ts'
import { gradRules, notDifferentiable } from './table.ts'

/**
 * Gradients of the scalar `loss` by each of `xs`, as further values of the same graph (reverse accumulation:
 * Griewank and Walther, Evaluating Derivatives, 2008, ch. 3). Each result has the shape of its x.
 * @throws EngineError engine/gradient-not-supported, engine/not-differentiable
 */
export function gradients(
  loss: Value,
  xs: readonly Value[],
  nameOf: (x: Value, index: number) => string = (x) => x.name,
): Value[] {
  if (!isStatic(loss.shape) || sizeOf(loss.shape) !== 1) {
    throw new EngineError(
      'engine/not-differentiable',
      `the loss must be one number, it has the shape [${loss.shape.join(', ')}]`,
      'Take its mean or sum.',
    )
  }
  const nodes = topological([loss], loss.graph)
  const seeds = new Map([[loss, ops(loss.graph).full(loss, 1)]])
  const { adjoints, blockers } = walkBack(nodes, seeds, xs)
  return xs.map((x, i) => adjoints.get(x) ?? fail(x, nameOf(x, i), nodes, blockers))
}

interface Walked {
  readonly adjoints: ReadonlyMap<Value, Value>
  /** Nodes without a derivative that the walk met. */
  readonly blockers: readonly Node[]
}

/** Carries the gradients in `seeds` back over `nodes` to `xs`. */
function walkBack(nodes: readonly Node[], seeds: ReadonlyMap<Value, Value>, xs: readonly Value[]): Walked {
  const active = reachedFrom(xs, nodes)
  const adjoints = new Map(seeds)
  const blockers: Node[] = []
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((y) => active.has(y) && adjoints.has(y))) continue
    // Only float values carry gradients: a way through whole numbers ends here.
    const carries = (v: Value | null): boolean => v !== null && active.has(v) && dtypes[v.dtype].float
    const inside = bodiesOf(node)
    if (inside.some(carries)) {
      throughBodies(node, [...new Set([...node.inputs, ...inside])].filter(carries) as Value[], adjoints)
      continue
    }
    const rule = notDifferentiable.has(node.op) ? null : ruleFor(node)
    const needs = rule === null ? [] : node.inputs.map(carries)
    if (rule === null || !needs.includes(true)) {
      blockers.push(node)
      continue
    }
    const scope = node.scope === '' ? 'gradient' : `${node.scope}/gradient`
    const { graph } = node.outputs[0]!
    graph.scoped(scope, () => backward(ops(graph), node, rule, needs, adjoints))
  }
  return { adjoints, blockers }
}

/** Values that the subgraphs of a node use without being its inputs. */
const bodiesOf = (node: Node): Value[] => Object.values(node.attributes).filter(isSub).flatMap(captures)

function reachedFrom(xs: readonly Value[], nodes: readonly Node[]): Set<Value> {
  const active = new Set<Value>(xs)
  const reached = (v: Value | null): boolean => v !== null && active.has(v)
  for (const node of nodes) {
    if (node.inputs.some(reached) || bodiesOf(node).some(reached)) for (const y of node.outputs) active.add(y)
  }
  return active
}

function backward(
  g: Ops,
  node: Node,
  rule: GradRule,
  needs: readonly boolean[],
  adjoints: Map<Value, Value>,
): void {
  const y = node.outputs[0]!
  const dys = node.outputs.map((v) => adjoints.get(v) ?? null)
  const dy = dys[0] ?? g.full(y, 0)
  // An absent optional input is passed on as it is: rules look at `needs` before they touch it.
  const inputs = node.inputs as Value[]
  const results = rule({ g, node, y, dy, dys, needs, pullback }, ...inputs)
  node.inputs.forEach((x, i) => {
    const dx = results[i]
    if (x === null || !needs[i] || !dx) return
    const own = unbroadcast(g, dx, x)
    const before = adjoints.get(x)
    adjoints.set(x, before === undefined ? own : sumOf(g, before, own))
  })
}

/** Adds the gradients of a node with subgraphs by `xs`, values that it reads or that its subgraphs use. */
function throughBodies(node: Node, xs: readonly Value[], adjoints: Map<Value, Value>): void {
  const g = ops(node.outputs[0]!.graph)
  const dys = node.outputs.map((v) => adjoints.get(v) ?? null)
  const scope = node.scope === '' ? 'gradient' : `${node.scope}/gradient`
  const results = g.graph.scoped(scope, () => {
    if (node.op === 'If' && knownBranch(node.inputs[0]) === null) return branchGradients(g, node, dys, xs)
    ruleFor(node)
    return pullback(expansions[node.op]!({ g, node, inputs: node.inputs }), dys, xs)
  })
  xs.forEach((x, i) => {
    const dx = results[i]
    if (!dx) return
    const before = adjoints.get(x)
    adjoints.set(x, before === undefined ? dx : g.add(before, dx))
  })
}

/** An If over the gradients of its branches: each computes its own way again, and 0 for what it does not use. */
function branchGradients(
  g: Ops,
  node: Node,
  dys: readonly (Value | null)[],
  xs: readonly Value[],
): readonly Value[] {
  const gradientOf = (branch: Subgraph): Subgraph => {
    const graph = newGraph(g.graph)
    const b = ops(graph)
    const outputs = inlined(branch.outputs, branch.graph, graph, new Map())
    const seeds = new Map<Value, Value>()
    outputs.forEach((y, i) => {
      const dy = dys[i]
      const before = seeds.get(y)
      if (dy) seeds.set(y, before === undefined ? dy : b.add(before, dy))
    })
    const { adjoints } = walkBack(topological(outputs, graph), seeds, xs)
    return {
      graph,
      inputs: [],
      outputs: xs.map((x) => b.op('Identity', [adjoints.get(x) ?? b.full(x, 0)])),
    }
  }
  const [yes, no] = ['then_branch', 'else_branch'].map((name) =>
    gradientOf(node.attributes[name] as Subgraph),
  ) as [Subgraph, Subgraph]
  return g.graph.add('If', [node.inputs[0]!], { then_branch: yes, else_branch: no }, xs.length)
}

const quantised = new Set(
  'ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul'.split(' '),
)

function ruleFor(node: Node): GradRule {
  if (Object.hasOwn(gradRules, node.op)) return gradRules[node.op]!
  if (Object.hasOwn(expansions, node.op)) return byExpansion
  throw new EngineError(
    'engine/gradient-not-supported',
    `${node.scope === '' ? node.name : node.scope}: the op ${node.op} has no gradient rule yet`,
    quantised.has(node.opaque?.op ?? node.op)
      ? 'It belongs to a quantised model: train the float32 model and quantise it again, or freeze what lies before it.'
      : 'Replace the op, or freeze what lies before it.',
  )
}

function pullback(
  outputs: readonly Value[],
  dys: readonly (Value | null)[],
  inputs: readonly (Value | null)[],
): (Value | null)[] {
  const xs = inputs.filter((x) => x !== null && x !== undefined)
  const seeds = new Map<Value, Value>()
  outputs.forEach((y, i) => {
    const dy = dys[i]
    if (!dy) return
    const before = seeds.get(y)
    seeds.set(y, before === undefined ? dy : ops(y.graph).add(before, dy))
  })
  const nodes = topological(outputs, outputs[0]?.graph, new Set(xs))
  const { adjoints } = walkBack(nodes, seeds, xs)
  return inputs.map((x) => (x ? (adjoints.get(x) ?? null) : null))
}

function fail(x: Value, name: string, nodes: readonly Node[], blockers: readonly Node[]): never {
  const used = nodes.some((n) => n.inputs.includes(x))
  const ways = blockers.map((n) => `${n.op} (${n.scope === '' ? n.name : n.scope})`)
  throw new EngineError(
    'engine/not-differentiable',
    used && ways.length > 0
      ? `no gradient reaches ${name}: the way from it to the loss ends at ${[...new Set(ways)].join(', ')}`
      : `no gradient reaches ${name}: the loss does not depend on it`,
    'Freeze it (nn.freeze), leave it out, or connect it to the loss by differentiable ops.',
  )
}
