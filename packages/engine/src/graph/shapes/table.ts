/** @file The shape table: one row per op that the engine knows, and the look-up. */
import { EngineError } from '../../errors.ts'
import { attentions } from './attention.ts'
import type { ShapeContext, ShapeRule, ValueType } from './context.ts'
import { einsums } from './einsum.ts'
import { elementwise } from './elementwise.ts'
import { generators } from './generators.ts'
import { indexing } from './indexing.ts'
import { layout } from './layout.ts'
import { norms } from './norms.ts'
import { products } from './products.ts'
import { recurrentLayers } from './recurrent.ts'
import { reductions } from './reductions.ts'
import { resizes } from './resize.ts'
import { windows } from './windows.ts'

export const shapeRules: Readonly<Record<string, ShapeRule>> = {
  ...attentions,
  ...einsums,
  ...elementwise,
  ...generators,
  ...indexing,
  ...layout,
  ...norms,
  ...products,
  ...recurrentLayers,
  ...reductions,
  ...resizes,
  ...windows,
}

/** @throws EngineError engine/unsupported-op, engine/shape-mismatch, engine/type-mismatch, engine/bad-attribute */
export function inferShapes(op: string, context: ShapeContext): readonly ValueType[] {
  const rule = Object.hasOwn(shapeRules, op) ? shapeRules[op] : undefined
  if (rule === undefined) {
    throw new EngineError(
      'engine/unsupported-op',
      `${context.where}: the op ${op} is not known to this engine`,
      `Known ops: ${Object.keys(shapeRules).join(', ')}.`,
    )
  }
  return rule(context)
}
