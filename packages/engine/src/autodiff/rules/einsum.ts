/** @file Gradient rule: Einsum. */

import type { Ops } from '../../graph/ops.ts'
import type { ShapeContext } from '../../graph/shapes/context.ts'
import { type Equation, labelSizes, parseEquation } from '../../graph/shapes/einsum.ts'
import { isStatic, type Shape, tensor } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import { type GradRule, notSupported } from '../rule.ts'

/**
 * The gradient by an operand is the Einsum of dy and the other operands with that operand's labels as the output. A
 * label that only this operand has was summed over: it is repeated. A label it has twice was a diagonal: a mask.
 */
const einsum: GradRule = ({ g, node, dy, needs }, ...operands) => {
  const c: ShapeContext = { where: node.name, inputs: operands, attributes: node.attributes, outputCount: 1 }
  const equation = parseEquation(c)
  const sizes = labelSizes(c, equation)
  return operands.map((x, i) => {
    if (!needs[i]) return null
    if (equation.inputs[i]!.some((l) => typeof sizes.get(l) !== 'number') && !isStatic(x.shape))
      throw notSupported(node, 'with sizes known only at run time', 'Give the sizes of its operands.')
    const own = [...new Set(equation.inputs[i])]
    const others = operands.flatMap((v, j) => (j === i ? [] : [{ v, labels: equation.inputs[j]! }]))
    const terms = [{ v: dy, labels: equation.output }, ...others]
    const found = own.filter((l) => terms.some((t) => t.labels.includes(l)))
    const product = g.op(
      'Einsum',
      terms.map((t) => t.v),
      { equation: written(equation, terms, found) },
    )
    const shape = own.map((l) => sizes.get(l)!)
    const missing = own.flatMap((l, axis) => (found.includes(l) ? [] : [axis]))
    const spread = g.expandLike(g.unsqueeze(product, missing), { ...x, shape })
    return diagonals(g, spread, equation.inputs[i]!, x.shape)
  })
}

/** The equation in letters; labels of an ellipsis get letters of their own. */
function written(
  { inputs }: Equation,
  terms: readonly { readonly labels: readonly string[] }[],
  output: readonly string[],
): string {
  const used = new Set(inputs.flat())
  const free = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((l) => !used.has(l))
  const letters = new Map([...used].map((l) => [l, l.startsWith('.') ? free.shift()! : l]))
  const term = (labels: readonly string[]): string => labels.map((l) => letters.get(l)).join('')
  return `${terms.map((t) => term(t.labels)).join()}->${term(output)}`
}

/** `v`, with one axis for each different label, put on the diagonals of the labels that are repeated. */
function diagonals(g: Ops, v: Value, labels: readonly string[], shape: Shape): Value {
  const repeated = labels.flatMap((l, axis) => (labels.indexOf(l) === axis ? [] : [axis]))
  return repeated.reduce(
    (result, axis) => {
      const first = labels.indexOf(labels[axis]!)
      const n = Number(shape[axis])
      const ones = Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))
      const others = labels.map((_, i) => i).filter((i) => i !== first && i !== axis)
      return g.mul(result, g.unsqueeze(g.graph.constant(tensor(v.dtype, [n, n], ones)), others))
    },
    g.unsqueeze(v, repeated),
  )
}

export const einsums = { Einsum: einsum } satisfies Record<string, GradRule>
