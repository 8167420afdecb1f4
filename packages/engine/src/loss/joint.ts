/** @file The weighted sum of losses, each of its own targets and its own result of the model. */
import { EngineError } from '../errors.ts'
import { expectOption, type Loss } from './loss.ts'

export interface JointPart {
  readonly loss: Loss
  /** Multiplies the loss; 1 without it. */
  readonly weight?: number
  /** The result that it judges, as `nn.head` names it; without it the one of the targets' name. Null: what forward returns. */
  readonly head?: string | null
}

/**
 * Judges what forward returns by the labels with `main`, and further results by the data set's further targets of the
 * same names. Each part is a mean of its own; the sum is not divided by the weights.
 * @throws EngineError engine/bad-options
 * @example
 * joint(crossEntropy(), { angle: { loss: meanSquaredError(), weight: 0.5 } })
 */
export function joint(main: Loss | Omit<JointPart, 'head'>, more: Readonly<Record<string, JointPart>>): Loss {
  const first = 'loss' in main ? main : { loss: main }
  const parts = [
    { target: null, head: null, loss: first.loss, weight: first.weight ?? 1 },
    ...Object.entries(more).map(([target, { loss, weight = 1, head = target }]) => ({
      target,
      head,
      loss,
      weight,
    })),
  ]
  for (const { weight, loss } of parts) {
    expectOption('joint', Number.isFinite(weight) && weight >= 0, `a weight of ${weight}`, 'Use 1, say.')
    expectOption('joint', loss.parts === undefined, 'a joint loss inside another', 'List all parts in one.')
  }
  return {
    name: 'joint',
    settings: {
      parts: parts.map(({ target, head, loss, weight }) => ({
        target,
        head,
        weight,
        loss: loss.name,
        settings: loss.settings,
      })),
    },
    parts,
    build() {
      throw new EngineError(
        'engine/bad-options',
        'joint: a single output and its targets are not what it judges',
        'Give it to a trainer, or build its parts.',
      )
    },
  }
}
