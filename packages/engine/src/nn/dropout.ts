/** @file Dropout whose random numbers follow from the seed and the step alone. */
import { type Ops, ops } from '../graph/ops.ts'
import { isStatic, tensor } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { seeded } from '../random.ts'
import { allow } from './expect.ts'
import { Module, type Training, trainingOf } from './module.ts'

class Dropout extends Module {
  readonly #rate: number

  constructor(rate: number) {
    super()
    allow('dropout', rate >= 0 && rate < 1, `rate must be from 0 to below 1, got ${rate}`, 'Use 0.1, say.')
    this.#rate = rate
  }

  override get kind(): string {
    return 'dropout'
  }

  forward(x: Value): Value {
    const training = trainingOf(x.graph)
    if (training === null || this.#rate === 0) return x
    const g = ops(x.graph)
    const kept = g.less(draw(g, training, x), (1 - this.#rate) * prime)
    return g.mul(g.mul(x, g.cast(kept, x.dtype)), 1 / (1 - this.#rate))
  }
}

/**
 * While training, each element is 0 with probability `rate`, the others grow by 1 / (1 - rate) (Srivastava et al., 2014).
 * What is dropped depends on the trainer's seed and the step, so that a resumed run drops the same.
 */
export const dropout = (rate: number): Module => new Dropout(rate)

/** The largest prime below 2^26: products of two residues are exact in float64, and cubing permutes the residues. */
const prime = 67_108_859

/**
 * Numbers from 0 to below `prime`, one per element of `x`, as float64. ONNX Runtime's own random ops go on where the
 * session stopped, which a resumed run cannot; these are a hash of the step. Each row and column gets hashed residues
 * r, c, d; their element is (r c + d) mod prime, which is pairwise independent.
 */
function draw(g: Ops, training: Training, x: Value): Value {
  if (!isStatic(x.shape)) throw new TypeError('internal: training on a shape that is not known')
  const random = seeded(training.seed, 1_000_003 + training.streams++)
  const residue = (): number => Math.floor(random() * prime)
  const step = g.cast(training.step, 'float64')
  const hashed = (count: number, shape: readonly number[]): Value => {
    const index = g.graph.constant(
      tensor(
        'float64',
        shape,
        Array.from({ length: count }, (_, i) => i),
      ),
    )
    const key = mod(g, g.add(g.mul(step, residue()), residue()))
    let h = mod(g, g.add(g.mul(mod(g, index), residue()), key))
    for (let round = 0; round < 3; round++) {
      const cube = mod(g, g.mul(mod(g, g.mul(h, h)), h))
      h = mod(g, g.add(g.mul(cube, residue()), key))
    }
    return h
  }
  const columns = x.shape.at(-1) ?? 1
  const outer = x.shape.slice(0, -1)
  const rows = outer.reduce((a, b) => a * b, 1)
  const r = hashed(rows, [...outer, 1])
  return mod(g, g.add(g.mul(r, hashed(columns, [columns])), hashed(columns, [columns])))
}

const mod = (g: Ops, x: Value): Value => g.sub(x, g.mul(g.op('Floor', [g.div(x, prime)]), prime))
