/** @file All gradient rules, and the ops that have none because there is nothing to differentiate. */
import type { GradRule } from './rule.ts'
import { elementwise } from './rules/elementwise.ts'
import { indexing } from './rules/indexing.ts'
import { layout } from './rules/layout.ts'
import { products } from './rules/products.ts'
import { reductions } from './rules/reductions.ts'
import { windows } from './rules/windows.ts'

export const gradRules: Readonly<Record<string, GradRule>> = {
  ...elementwise,
  ...indexing,
  ...layout,
  ...products,
  ...reductions,
  ...windows,
}

/** Step functions and functions of the shape alone: their derivative is zero wherever it exists. */
export const notDifferentiable: ReadonlySet<string> = new Set([
  'And',
  'ArgMax',
  'ArgMin',
  'Ceil',
  'ConstantOfShape',
  'Equal',
  'Floor',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'Not',
  'OneHot',
  'Or',
  'Round',
  'Shape',
  'Sign',
  'Size',
])
