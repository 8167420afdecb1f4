/** @file Checked cases: attention and rotary embedding; the differences are those of ONNX Runtime's own kernels. */
import { expandForTraining } from '../../graph/expand/table.ts'
import { tensor } from '../../graph/tensor.ts'
import type { Attributes } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'
import { index } from './build.fixture.ts'

const attend = (
  name: string,
  shapes: readonly (readonly number[])[],
  attributes: Attributes = {},
  more: Partial<GradCase> = {},
): GradCase => ({
  op: 'Attention',
  name,
  shapes,
  dtype: 'float32',
  build: (g, ...inputs) => g.op('Attention', inputs, attributes),
  ...more,
})

const four = [
  [2, 2, 3, 4],
  [2, 2, 5, 4],
  [2, 2, 5, 3],
]

const turn = (
  name: string,
  x: readonly number[],
  attributes: Attributes,
  angles: number,
  ids = false,
): GradCase => ({
  op: 'RotaryEmbedding',
  name,
  shapes: ids ? [x, [6, angles], [6, angles]] : [x, [x[0]!, x.at(-2)!, angles], [x[0]!, x.at(-2)!, angles]],
  dtype: 'float32',
  build: (g, v, cosine, sine) => {
    const positions = ids
      ? [
          index(
            g,
            Array.from({ length: x[0]! * x.at(-2)! }, (_, i) => (2 * i) % 6),
            [x[0]!, x.at(-2)!],
          ),
        ]
      : []
    return g.op('RotaryEmbedding', [v, cosine, sine, ...positions], attributes)
  },
})

export const attention: GradCase[] = [
  attend('four axes', four),
  attend('four axes, expanded', four, {}, { rewrites: [expandForTraining] }),
  attend(
    'scaled, causal',
    [
      [1, 2, 4, 3],
      [1, 2, 4, 3],
      [1, 2, 4, 3],
    ],
    {
      is_causal: 1,
      scale: { float: 0.7 },
    },
  ),
  attend('an added mask', [...four, [3, 5]]),
  attend('a cap before an added mask', [...four, [3, 5]], { softcap: { float: 0.5 } }),
  attend('causal, more keys than queries', four, { is_causal: 1 }),
  attend(
    'a cap, groups of heads',
    [
      [1, 4, 3, 2],
      [1, 2, 3, 2],
      [1, 2, 3, 2],
    ],
    { softcap: { float: 2 } },
  ),
  attend(
    'three axes',
    [
      [2, 3, 4],
      [2, 5, 4],
      [2, 5, 6],
    ],
    { q_num_heads: 2, kv_num_heads: 2 },
  ),
  attend(
    'a mask of truth values',
    four,
    {},
    {
      build: (g, q, k, v) => {
        const seen = tensor('bool', [3, 5], [1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1])
        return g.op('Attention', [q, k, v, g.graph.constant(seen)])
      },
    },
  ),
  attend(
    'keys and values of before',
    [
      [1, 2, 3, 4],
      [1, 2, 2, 4],
      [1, 2, 2, 4],
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ],
    {},
    {
      build: (g, q, k, v, pastKey, pastValue) => {
        const [y, key, value] = g.graph.add('Attention', [q, k, v, null, pastKey!, pastValue!], {}, 3)
        const sum = (x: typeof y) => g.reduceSum(g.mul(x!, x!), [0, 1, 2, 3], false)
        return g.add(y!, g.add(sum(key), sum(value)))
      },
    },
  ),
  turn('halves', [2, 2, 3, 4], {}, 2),
  turn('neighbours', [2, 2, 3, 4], { interleaved: 1 }, 2),
  turn('three axes, in part', [1, 3, 12], { num_heads: 2, rotary_embedding_dim: 4 }, 2),
  turn('by positions', [2, 2, 3, 4], {}, 2, true),
]
