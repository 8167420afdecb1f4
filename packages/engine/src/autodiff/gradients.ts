/** @file The reverse-mode driver: walks a graph backwards, adds up gradients, undoes broadcasting. */
import { EngineError } from '../errors.ts'
import { topological } from '../graph/graph.ts'
import { type Ops, ops } from '../graph/ops.ts'
import { isStatic, sizeOf } from '../graph/tensor.ts'
import type { Node, Value } from '../graph/types.ts'
import { gradRules, notDifferentiable } from './table.ts'

/**
 * Gradients of the scalar `loss` by each of `xs`, as further values of the same graph (reverse accumulation:
 * Griewank and Walther, Evaluating Derivatives, 2008, ch. 3). Each result has the shape of its x.
 * @throws EngineError engine/gradient-not-supported, engine/not-differentiable
 */
export function gradients(loss: Value, xs: readonly Value[]): Value[] {
  if (!isStatic(loss.shape) || sizeOf(loss.shape) !== 1) {
    throw new EngineError(
      'engine/not-differentiable',
      `the loss must be one number, it has the shape [${loss.shape.join(', ')}]`,
      'Take its mean or sum.',
    )
  }
  const g = ops(loss.graph)
  const nodes = topological([loss], loss.graph)
  const active = reachedFrom(xs, nodes)
  const adjoints = new Map<Value, Value>([[loss, g.full(loss, 1)]])
  const blockers: Node[] = []
  for (const node of nodes.toReversed()) {
    const needs = node.inputs.map((v) => v !== null && active.has(v))
    if (!needs.includes(true)) continue
    const dys = node.outputs.map((y) => adjoints.get(y) ?? null)
    if (dys.every((d) => d === null)) continue
    if (notDifferentiable.has(node.op)) {
      blockers.push(node)
      continue
    }
    const scope = node.scope === '' ? 'gradient' : `${node.scope}/gradient`
    loss.graph.scoped(scope, () => backward(g, node, dys, needs, adjoints))
  }
  return xs.map((x) => adjoints.get(x) ?? fail(x, nodes, blockers))
}

function reachedFrom(xs: readonly Value[], nodes: readonly Node[]): Set<Value> {
  const active = new Set<Value>(xs)
  for (const node of nodes) {
    if (node.inputs.some((v) => v !== null && active.has(v))) for (const y of node.outputs) active.add(y)
  }
  return active
}

function backward(
  g: Ops,
  node: Node,
  dys: readonly (Value | null)[],
  needs: readonly boolean[],
  adjoints: Map<Value, Value>,
): void {
  const rule = Object.hasOwn(gradRules, node.op) ? gradRules[node.op] : undefined
  if (rule === undefined) {
    throw new EngineError(
      'engine/gradient-not-supported',
      `${node.scope === '' ? node.name : node.scope}: the op ${node.op} has no gradient rule yet`,
      'Replace the op, or freeze what lies before it.',
    )
  }
  const y = node.outputs[0]!
  const dy = dys[0] ?? g.full(y, 0)
  // An absent optional input is passed on as it is: rules look at `needs` before they touch it.
  const results = rule({ g, node, y, dy, dys, needs }, ...(node.inputs as Value[]))
  node.inputs.forEach((x, i) => {
    const dx = results[i]
    if (x === null || !needs[i] || !dx) return
    const own = unbroadcast(g, dx, x)
    const before = adjoints.get(x)
    adjoints.set(x, before === undefined ? own : g.add(before, own))
  })
}

/** Sums `dx` over the axes along which the forward op repeated `x`. */
function unbroadcast(g: Ops, dx: Value, x: Value): Value {
  const extra = dx.shape.length - x.shape.length
  const leading = Array.from({ length: Math.max(0, extra) }, (_, i) => i)
  const grown = x.shape.flatMap((d, i) => (d === 1 && dx.shape[i + extra] !== 1 ? [i + extra] : []))
  if (leading.length + grown.length === 0) return dx
  const summed = g.reduceSum(dx, [...leading, ...grown])
  return g.squeeze(summed, leading)
}

function fail(x: Value, nodes: readonly Node[], blockers: readonly Node[]): never {
  const used = nodes.some((n) => n.inputs.includes(x))
  const ways = blockers.map((n) => `${n.op} (${n.scope === '' ? n.name : n.scope})`)
  throw new EngineError(
    'engine/not-differentiable',
    used && ways.length > 0
      ? `no gradient reaches ${x.name}: the way from it to the loss ends at ${[...new Set(ways)].join(', ')}`
      : `no gradient reaches ${x.name}: the loss does not depend on it`,
    'Freeze it, or connect it to the loss by differentiable ops.',
  )
}
