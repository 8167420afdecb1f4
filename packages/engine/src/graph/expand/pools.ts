/** @file Expansions: pools by a norm. */
import type { Ops } from '../ops.ts'
import { intsAttribute } from '../shapes/context.ts'
import { sizeOf } from '../tensor.ts'
import type { Value } from '../types.ts'
import { axesFrom, type Expansion, input, needsSize, number, shapeContext } from './expansion.ts'

/** Keeps the root of a sum of zeros from having an infinite slope; the smallest normal float. */
const tiny = 1.1754943508222875e-38

const powers = (g: Ops, x: Value, p: number): Value => g.pow(g.op('Abs', [x]), p)
const root = (g: Ops, x: Value, p: number): Value => g.pow(g.max(x, tiny), 1 / p)

// (sum |x|^p)^(1 / p) over each window: the sum is the average times the number of places
const lpPool: Expansion = (c) => {
  const { g, node } = c
  const { p: _, ...attributes } = node.attributes
  if (number(c, 'ceil_mode', 0) === 1) throw needsSize(c, 'with ceil_mode', 'Pad instead.')
  const area = sizeOf(intsAttribute(shapeContext(c), 'kernel_shape'))
  const p = number(c, 'p', 2)
  const averages = g.op('AveragePool', [powers(g, input(c, 0), p)], { ...attributes, count_include_pad: 1 })
  return [root(g, g.mul(averages, area), p)]
}

const globalLpPool: Expansion = (c) => {
  const { g } = c
  const [x, p] = [input(c, 0), number(c, 'p', 2)]
  return [root(g, g.reduceSum(powers(g, x, p), axesFrom(2, x.shape.length)), p)]
}

export const pools = { GlobalLpPool: globalLpPool, LpPool: lpPool } satisfies Record<string, Expansion>
