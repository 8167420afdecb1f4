/** @file What a loss is: a piece of a graph from a model's output and its targets to one number. */
import { EngineError } from '../errors.ts'
import { isStatic, type Shape, showShape } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'

/** What the targets of one sample must be. */
export type Targets =
  | {
      readonly kind: 'classes'
      readonly shape: readonly number[]
      /** Class numbers are below it. */
      readonly classes: number
      /** A number that stands for no class: it counts in neither loss nor accuracy. */
      readonly ignore?: number
      /** False where the labels are not one for each row of class scores, so that they cannot be counted as right. */
      readonly aligned?: boolean
    }
  | {
      readonly kind: 'values'
      readonly shape: readonly number[]
      readonly range?: readonly [low: number, high: number]
    }

export interface Loss {
  readonly name: string
  /** Settings that a checkpoint must agree on. */
  readonly settings?: Readonly<Record<string, unknown>>
  /**
   * What the targets of one sample must be for a model whose output for one sample has this shape; without it, a class
   * number for one row of class scores.
   * @throws EngineError engine/shape-mismatch where the loss cannot judge such an output
   */
  targets?(outputShape: Shape): Targets
  /**
   * @param output the model's result for a batch
   * @param labels the batch's targets [N, …]: int32 class numbers, or float32 values
   * @returns the mean over the batch
   * @throws EngineError engine/shape-mismatch
   */
  build(output: Value, labels: Value): Value
  /** What the mean was divided by, where that is not the number of samples. */
  weight?(labels: Value): Value
  /** Where it judges several results of a model by several targets: each one's loss. */
  readonly parts?: readonly LossPart[]
}

export interface LossPart {
  /** The name of the targets in the data set; null for its labels. */
  readonly target: string | null
  /** The result that it judges, as `nn.head` names it; null for what forward returns. */
  readonly head: string | null
  readonly loss: Loss
  readonly weight: number
}

/** A loss as its parts: itself, where it has none. */
export const partsOf = (loss: Loss): readonly LossPart[] =>
  loss.parts ?? [{ target: null, head: null, loss, weight: 1 }]

/** What a part judges. @throws EngineError engine/bad-options where the model gives no such result */
export function judged<T>(part: LossPart, output: T, heads: ReadonlyMap<string, T>): T {
  if (part.head === null) return output
  const found = heads.get(part.head)
  if (found !== undefined) return found
  throw new EngineError(
    'engine/bad-options',
    `the loss of ${part.target ?? 'the labels'} judges ${part.head}, but the model gives ${[...heads.keys()].join(', ') || 'one result alone'}`,
    `Name it in forward: nn.head('${part.head}', value).`,
  )
}

/** Values of the shape of the output, as regression has them. */
export function valuesLike(loss: string, outputShape: Shape, range?: readonly [number, number]): Targets {
  if (!isStatic(outputShape)) {
    throw new EngineError(
      'engine/shape-mismatch',
      `${loss}: the model gives ${showShape(['N', ...outputShape])}, with sizes that are not known`,
      'End the model with layers whose sizes are known.',
    )
  }
  return { kind: 'values', shape: outputShape, ...(range ? { range } : {}) }
}

/** @throws EngineError engine/shape-mismatch unless targets and output have one shape */
export function expectAlike(loss: string, output: Value, targets: Value): void {
  if (showShape(output.shape) === showShape(targets.shape)) return
  throw new EngineError(
    'engine/shape-mismatch',
    `${loss}: the model gives ${showShape(output.shape)}, the targets are ${showShape(targets.shape)}`,
    'Give one target per output.',
    {
      details: {
        layer: loss,
        what: 'targets',
        declared: showShape(output.shape),
        got: showShape(targets.shape),
      },
    },
  )
}

/** @throws EngineError engine/bad-options unless `ok` */
export function expectOption(loss: string, ok: boolean, says: string, hint: string): void {
  if (!ok) throw new EngineError('engine/bad-options', `${loss}: ${says}`, hint)
}

/** All axes of a value. */
export const allAxes = (x: Value): number[] => x.shape.map((_, i) => i)
