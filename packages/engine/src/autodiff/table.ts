/** @file All gradient rules, and the ops that have none because there is nothing to differentiate. */
import type { GradRule } from './rule.ts'
import { activations } from './rules/activations.ts'
import { einsums } from './rules/einsum.ts'
import { elementwise } from './rules/elementwise.ts'
import { indexing } from './rules/indexing.ts'
import { layout } from './rules/layout.ts'
import { norms } from './rules/norms.ts'
import { products } from './rules/products.ts'
import { reductions } from './rules/reductions.ts'
import { windows } from './rules/windows.ts'

export const gradRules: Readonly<Record<string, GradRule>> = {
  ...activations,
  ...einsums,
  ...elementwise,
  ...indexing,
  ...layout,
  ...norms,
  ...products,
  ...reductions,
  ...windows,
}

/** Step functions, functions of the shape alone and chance: their derivative is zero wherever it exists. */
export const notDifferentiable: ReadonlySet<string> = new Set([
  'And',
  'ArgMax',
  'ArgMin',
  'Bernoulli',
  'BitShift',
  'BitwiseAnd',
  'BitwiseNot',
  'BitwiseOr',
  'BitwiseXor',
  'Ceil',
  'ConstantOfShape',
  'Equal',
  'EyeLike',
  'Floor',
  'Greater',
  'GreaterOrEqual',
  'Hardmax',
  'IsInf',
  'IsNaN',
  'Less',
  'LessOrEqual',
  'Multinomial',
  'NonZero',
  'Not',
  'OneHot',
  'Or',
  'QuantizeLinear',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Range',
  'Round',
  'Shape',
  'Sign',
  'Size',
  'Xor',
])
