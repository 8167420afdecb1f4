/** @file Every loss, with every option, gives PyTorch's value and gradient on random shapes. */
import { afterAll, describe, expect, it } from 'vitest'
import { gradients } from '../../../packages/engine/src/autodiff/gradients.ts'
import { newGraph } from '../../../packages/engine/src/graph/graph.ts'
import { rewrite } from '../../../packages/engine/src/graph/rewrite/rewrite.ts'
import { trainingRewrites } from '../../../packages/engine/src/graph/rewrite/sets.ts'
import { numbersOf, sizeOf, type Tensor, tensor } from '../../../packages/engine/src/graph/tensor.ts'
import type { Value } from '../../../packages/engine/src/graph/types.ts'
import * as engine from '../../../packages/engine/src/index.ts'
import { writeModel } from '../../../packages/engine/src/onnx/write.ts'
import { nodeRuntime } from '../../../packages/engine/src/runtime/node.ts'
import { type Answer, asked, type Chance, chance, expectNear, oracle } from './oracle.ts'

const torch = oracle()
afterAll(() => torch.close())
const runtime = nodeRuntime({ threads: 1 })

interface Made {
  readonly loss: engine.Loss
  readonly options: Readonly<Record<string, unknown>>
  readonly x: Tensor
  readonly y: Tensor
}

type Case = readonly [name: string, make: (d: Chance) => Made]

/** Rows [N, C] or [N, …, C], and what lies before the classes. */
const rows = (d: Chance, deep: boolean) => {
  const outer = [d.size(2, 5), ...(deep ? [d.size(1, 4), ...(d.random() < 0.5 ? [d.size(1, 3)] : [])] : [])]
  return { outer, classes: d.size(2, 6) }
}

const distributions = (d: Chance, outer: readonly number[], classes: number): Tensor => {
  const raw = numbersOf(d.values([...outer, classes], 0.05, 1))
  const sums = Array.from({ length: sizeOf(outer) }, (_, i) =>
    raw.slice(i * classes, (i + 1) * classes).reduce((a, b) => a + b, 0),
  )
  return tensor(
    'float32',
    [...outer, classes],
    raw.map((v, i) => v / sums[Math.floor(i / classes)]!),
  )
}

const crossEntropies: Case[] = [false, true].flatMap((smooth) =>
  [false, true].flatMap((weighted) =>
    (['classes', 'ignored classes', 'soft labels'] as const).flatMap((kind) =>
      [false, true].map(
        (deep): Case => [
          `crossEntropy: ${kind}${smooth ? ', smoothed' : ''}${weighted ? ', weighted' : ''}${deep ? ', sequences' : ''}`,
          (d) => {
            const { outer, classes } = rows(d, deep)
            const soft = kind === 'soft labels'
            const ignoreIndex = kind === 'ignored classes' ? classes - 1 : undefined
            const options = {
              ...(smooth ? { labelSmoothing: 0.05 + 0.3 * d.random() } : {}),
              ...(weighted ? { classWeights: numbersOf(d.values([classes], 0.2, 2)) } : {}),
              ...(ignoreIndex === undefined ? {} : { ignoreIndex }),
            }
            const labels = d.whole(outer, classes)
            // At least one counts.
            if (ignoreIndex !== undefined) labels.data[0] = 0
            return {
              loss: engine.crossEntropy({ ...options, softLabels: soft }),
              options,
              x: d.values([...outer, classes], -3, 3),
              y: soft ? distributions(d, outer, classes) : labels,
            }
          },
        ],
      ),
    ),
  ),
)

const shape = (d: Chance): number[] => Array.from({ length: d.size(1, 3) }, () => d.size(1, 5))

const alike = (
  name: string,
  make: (d: Chance) => { loss: engine.Loss; options?: Made['options'] },
  spread = 2,
): Case => [
  name,
  (d) => {
    const size = [d.size(2, 4), ...shape(d)]
    return { options: {}, ...make(d), x: d.values(size, -spread, spread), y: d.values(size, -spread, spread) }
  },
]

const cases: Case[] = [
  ...crossEntropies,
  ...[1, 3.5].map(
    (positiveWeight): Case => [
      `binaryCrossEntropy of logits, positive weight ${positiveWeight}`,
      (d) => {
        const size = shape(d)
        return {
          loss: engine.binaryCrossEntropy({ positiveWeight }),
          options: { positiveWeight },
          x: d.values(size, -4, 4),
          y: d.values(size, 0, 1),
        }
      },
    ],
  ),
  [
    'binaryCrossEntropy of probabilities',
    (d) => {
      const size = shape(d)
      return {
        loss: engine.binaryCrossEntropy({ logits: false }),
        options: { logits: false },
        x: d.values(size, 0.05, 0.95),
        y: d.values(size, 0, 1),
      }
    },
  ],
  alike('meanSquaredError', () => ({ loss: engine.meanSquaredError() })),
  alike('meanAbsoluteError', () => ({ loss: engine.meanAbsoluteError() })),
  alike('huber', () => ({ loss: engine.huber() })),
  alike('huber, delta', (d) => {
    const delta = 0.2 + d.random()
    return { loss: engine.huber({ delta }), options: { delta } }
  }),
  [
    'klDivergence',
    (d) => {
      const { outer, classes } = rows(d, d.random() < 0.5)
      return {
        loss: engine.klDivergence(),
        options: {},
        x: d.values([...outer, classes], -3, 3),
        y: distributions(d, outer, classes),
      }
    },
  ],
  [
    'cosineDistance',
    (d) => {
      const size = [d.size(2, 5), d.size(2, 6)]
      return { loss: engine.cosineDistance(), options: {}, x: d.values(size), y: d.values(size) }
    },
  ],
  ...[0, 0.3].map(
    (margin): Case => [
      `cosineEmbedding, margin ${margin}`,
      (d) => {
        const n = d.size(3, 6)
        return {
          loss: engine.cosineEmbedding({ margin }),
          options: { margin },
          x: d.values([n, 2, d.size(2, 5)]),
          y: d.whole([n], 2),
        }
      },
    ],
  ),
  ...[1, 2.5].map(
    (margin): Case => [
      `contrastive, margin ${margin}`,
      (d) => {
        const n = d.size(3, 6)
        return {
          loss: engine.contrastive({ margin }),
          options: { margin },
          x: d.values([n, 2, d.size(2, 5)]),
          y: d.whole([n], 2),
        }
      },
    ],
  ),
  ...(['first', 'last'] as const).map(
    (where): Case => [
      `ctc, the blank ${where}`,
      (d) => {
        const [n, most, classes] = [d.size(2, 4), d.size(1, 4), d.size(3, 6)]
        const blank = where === 'first' ? 0 : classes - 1
        const length = 2 * most + d.size(1, 3)
        const labels = d.whole([n, most], classes - 1)
        for (let i = 0; i < n; i++) {
          // Labels lie at the front; no label is the blank.
          const used = d.size(1, most)
          for (let j = 0; j < most; j++) {
            const at = i * most + j
            if (j >= used) labels.data[at] = -1
            else if (blank === 0) labels.data[at]! = Number(labels.data[at]) + 1
          }
        }
        return {
          loss: engine.ctc({ labels: most, blank }),
          options: { blank },
          x: d.values([n, length, classes], -2, 2),
          y: labels,
        }
      },
    ],
  ),
]

describe.each(cases)('%s', (_, make) => {
  it.each([1, 2, 3, 4])('follows PyTorch on shapes of seed %i', async (seed) => {
    const { loss, options, x, y } = make(chance(seed))
    const graph = newGraph()
    const [output, labels] = [graph.input('x', x.dtype, x.shape), graph.input('y', y.dtype, y.shape)]
    const value = rewrite([loss.build(output, labels)], trainingRewrites, [output])[0] as Value
    const session = await runtime.createSession(
      writeModel({
        graph,
        inputs: [output, labels],
        outputs: [value, ...gradients(value, [output])],
        outputNames: ['loss', 'dx'],
      }),
    )
    const found = await session.run({ x, y })
    await session.release()
    const expected = await torch.ask<{ loss: Answer; dx: Answer }>({
      job: 'loss',
      loss: loss.name,
      options,
      x: asked(x),
      y:
        y.dtype === 'int32' && /^(cosineE|contr)/.test(loss.name)
          ? { ...asked(y), dtype: 'float32' }
          : asked(y),
    })
    expectNear('loss', found.loss, expected.loss)
    expectNear('gradient', found.dx, expected.dx)
  })
})

it('has a case for every loss', () => {
  const isLoss = (made: unknown): made is engine.Loss =>
    typeof made === 'object' && made !== null && 'build' in made && 'name' in made
  const losses = Object.entries(engine).flatMap(([name, of]) => {
    if (typeof of !== 'function') return []
    try {
      const made = (of as (o: object) => unknown)({ labels: 1 })
      if (made instanceof Promise) made.catch(() => {})
      return isLoss(made) ? [name] : []
    } catch {
      // What needs other arguments is no loss.
      return []
    }
  })
  expect(losses.length).toBeGreaterThanOrEqual(10)
  expect(losses.filter((name) => !cases.some(([c]) => c.startsWith(name)))).toEqual([])
})
