/** @file What the engine can do with each op, as a table: what docs/ops.md shows. */
import { expansions } from '../graph/expand/table.ts'
import { shapeRules } from '../graph/shapes/table.ts'
import { limits } from './limits.ts'
import { gradRules, notDifferentiable } from './table.ts'

export interface OpEntry {
  readonly op: string
  readonly gradient: 'differentiable' | 'not differentiable' | 'not supported'
  /** Whether it is differentiated as the graph of simpler ops that it stands for. */
  readonly expanded: boolean
  /** What is left out; empty where nothing is. */
  readonly limits: string
}

/** Ops of the standard (opset 26, without sequences, strings and training) that have no shape rule here. */
const others = `AffineGrid BlackmanWindow CenterCropPad Col2Im Compress ConvInteger DeformConv Det DFT
  DynamicQuantizeLinear GridSample HammingWindow HannWindow MatMulInteger MaxRoiPool MelWeightMatrix
  NegativeLogLikelihoodLoss NonMaxSuppression QLinearConv QLinearMatMul RoiAlign
  SoftmaxCrossEntropyLoss STFT TensorScatter Unique`.split(/\s+/)

/** Every op with a shape rule, and the others of the standard, by name. */
export function opTable(): OpEntry[] {
  return [...new Set([...Object.keys(shapeRules), ...others])]
    .sort((a, b) => a.localeCompare(b, 'en'))
    .map((op) => ({
      op,
      gradient: gradientOf(op),
      expanded: Object.hasOwn(expansions, op) && !Object.hasOwn(gradRules, op),
      limits: limits[op] ?? '',
    }))
}

function gradientOf(op: string): OpEntry['gradient'] {
  if (notDifferentiable.has(op)) return 'not differentiable'
  return Object.hasOwn(gradRules, op) || Object.hasOwn(expansions, op) ? 'differentiable' : 'not supported'
}
