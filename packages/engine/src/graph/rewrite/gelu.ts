/** @file Finds GELU that a model has written out. */
import { expansions } from '../expand/table.ts'
import { numbersOf } from '../tensor.ts'
import type { Value } from '../types.ts'
import type { RewriteContext, RewriteRule } from './rewrite.ts'

/**
 * x / 2 (1 + erf(x / sqrt 2)), its factors in any order, as the expansion of `Gelu`, which is written so that it
 * joins the layers around it and is differentiated as a whole.
 */
export const geluWrittenOut: RewriteRule = ({ g, node, inputs, uses, trained }) => {
  if (node.op !== 'Mul' || !inputs.some((v) => v !== null && trained(v))) return null
  const factors = factorsOf(inputs as readonly Value[], uses)
  const gate = factors.find((f) => scaledErf(f) !== null)
  const x = gate === undefined ? null : scaledErf(gate)
  if (x === null || x.dtype !== 'float32') return null
  const rest = factors.filter((f) => f !== gate && f !== x)
  if (rest.length !== factors.length - 2 || rest.some((f) => single(f) === null)) return null
  const factor = rest.reduce((product, f) => product * single(f)!, 1)
  return Math.abs(factor - 0.5) > 1e-7
    ? null
    : expansions.Gelu!({ g, node: { ...node, attributes: {} }, inputs: [x] })
}

/** The factors of a product of products that nothing else reads. */
const factorsOf = (values: readonly Value[], uses: RewriteContext['uses']): Value[] =>
  values.flatMap((v) =>
    v.node?.op === 'Mul' && uses(v) === 1 ? factorsOf(v.node.inputs as readonly Value[], uses) : [v],
  )

const single = (v: Value): number | null => (v.constant?.data.length === 1 ? numbersOf(v.constant)[0]! : null)

/** The x of 1 + erf(x / sqrt 2). */
function scaledErf(v: Value): Value | null {
  if (v.node?.op !== 'Add') return null
  const [a, b] = v.node.inputs as [Value, Value]
  const erf = single(a) === 1 ? b : single(b) === 1 ? a : null
  const scaled = erf?.node?.op === 'Erf' ? erf.node.inputs[0]!.node : null
  if (scaled?.op !== 'Mul' && scaled?.op !== 'Div') return null
  const [x, c] = scaled.inputs as [Value, Value]
  const factor = single(c)
  if (factor === null) return null
  return Math.abs((scaled.op === 'Div' ? 1 / factor : factor) - Math.SQRT1_2) < 1e-6 ? x : null
}
