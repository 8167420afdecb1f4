/** @file Gives an epoch's batches in their order, from memory or from a stream, from any step on. */
import type { Tensor } from '../graph/tensor.ts'
import { permutation, seeded } from '../random.ts'
import { columnsOf } from './data.ts'
import { type Column, type Dataset, isStream, type StreamedData } from './dataset.ts'
import { bytesOf, type Columns, feedsOf, part, sizesOf } from './fields.ts'
import { type Block, newBlock, type Plan, prepareBlock } from './plan.ts'
import { inOrder, type RowSource, shuffled } from './shuffle.ts'
import { readStream } from './stream.ts'

/** The batches that one call into the runtime trains on. */
export interface Batches {
  /** All of this size. */
  readonly batch: number
  readonly steps: number
  /** Rows of `data`, [steps, batch]. */
  readonly order: Int32Array
  readonly data: Readonly<Record<string, Tensor>>
}

export interface BatchSource {
  /** Samples of an epoch; null where that is not known. */
  readonly count: number | null
  /** Samples in `data` of every call; null where that differs. */
  readonly resident: number | null
  /** The batches of an epoch after the first `step`. What a call was given may be overwritten two calls later. */
  epoch(at: { epoch: number; step: number }): AsyncGenerator<Batches, void>
}

export interface BatchOptions {
  readonly data: Dataset | StreamedData
  readonly plan: Plan
  readonly count: number | null
  readonly batchSize: number
  readonly stepsPerCall: number
  readonly seed: number
  readonly shuffle: boolean
  readonly shuffleBuffer: number
  readonly vocabulary: number | null
}

/** Bytes of samples a call where they are copied: two such blocks exist at a time. */
const blockBytes = 2 ** 25

export function batchSource(o: BatchOptions): BatchSource {
  const { data, plan, count } = o
  if (!isStream(data)) {
    const columns = columnsOf(data, plan.source)
    if (plan.augment.length === 0) return resident(o, columns, count!)
    const sizes = sizesOf(plan.source)
    return {
      count,
      resident: null,
      epoch: (at) =>
        blocks(o, at, fromMemory(columns, sizes, orderOf(o, count!, at.epoch), at.step * o.batchSize)),
    }
  }
  const open = (epoch: number) => (skip: number) =>
    readStream(data, { fields: plan.source, name: 'training', epoch, skip, vocabulary: o.vocabulary })
  return {
    count,
    resident: null,
    epoch(at) {
      const skip = at.step * o.batchSize
      const source = o.shuffle
        ? shuffled(
            {
              fields: plan.source,
              capacity: o.shuffleBuffer,
              random: () => seeded(o.seed, -1 - at.epoch),
              skip,
              count,
            },
            open(at.epoch),
          )
        : inOrder(open(at.epoch)(skip), plan.source, skip)
      return blocks(o, at, source)
    },
  }
}

const orderOf = ({ shuffle, seed }: BatchOptions, count: number, epoch: number): Int32Array =>
  shuffle ? permutation(count, seeded(seed, -1 - epoch)) : Int32Array.from({ length: count }, (_, i) => i)

/** The whole data set is an input of every call; a batch is its rows. */
function resident(o: BatchOptions, columns: Columns, count: number): BatchSource {
  const data = feedsOf(columns, o.plan.graph)
  const { batchSize } = o
  return {
    count,
    resident: count,
    async *epoch(at) {
      const order = orderOf(o, count, at.epoch)
      const full = Math.floor(count / batchSize)
      for (let step = at.step; step < full; ) {
        const steps = Math.min(o.stepsPerCall, full - step)
        yield {
          batch: batchSize,
          steps,
          order: order.slice(step * batchSize, (step + steps) * batchSize),
          data,
        }
        step += steps
      }
      const rest = count - full * batchSize
      if (rest > 0 && at.step <= full)
        yield { batch: rest, steps: 1, order: order.slice(full * batchSize), data }
    },
  }
}

function fromMemory(
  columns: Columns,
  sizes: ReadonlyMap<string, number>,
  order: Int32Array,
  skip: number,
): RowSource {
  let next = skip
  return {
    async fill(into, numbers, at, rows) {
      const n = Math.min(rows, order.length - next)
      for (const [name, size] of sizes) {
        const [from, to]: [Column, Column] = [columns[name]!, into[name]!]
        for (let i = 0; i < n; i++) {
          const row = order[next + i]!
          to.set(from.subarray(row * size, (row + 1) * size), (at + i) * size)
        }
      }
      numbers.set(order.subarray(next, next + n), at)
      next += n
      return n
    },
    async close() {},
  }
}

/** Copies batches into two blocks by turns, so that one is filled while the runtime still reads the other. */
async function* blocks(
  o: BatchOptions,
  at: { epoch: number; step: number },
  source: RowSource,
): AsyncGenerator<Batches, void> {
  const { plan, batchSize } = o
  const perBlock = Math.max(1, Math.floor(blockBytes / (batchSize * Math.max(1, bytesOf(plan.graph)))))
  const most = Math.min(o.stepsPerCall, perBlock)
  const turns: Block[] = [newBlock(plan, most * batchSize), newBlock(plan, most * batchSize)]
  let step = at.step
  try {
    for (let turn = 0; ; turn = 1 - turn) {
      const block = turns[turn]!
      const rows = await source.fill(block.filled, block.numbers, 0, most * batchSize)
      if (rows === 0) return
      prepareBlock(plan, block, rows, { epoch: at.epoch, step, batch: batchSize })
      const steps = Math.floor(rows / batchSize)
      const given = (from: number, to: number, batch: number): Batches => ({
        batch,
        steps: (to - from) / batch,
        order: Int32Array.from({ length: to - from }, (_, i) => i),
        data: feedsOf(part(block.columns, plan.graph, from, to), plan.graph),
      })
      if (steps > 0) yield given(0, steps * batchSize, batchSize)
      step += steps
      if (steps * batchSize < rows) yield given(steps * batchSize, rows, rows - steps * batchSize)
      if (rows < most * batchSize) return
    }
  } finally {
    await source.close()
  }
}
