/** @file How samples as they are stored become samples as the graph takes them. */
import { EngineError } from '../errors.ts'
import { sizeOf } from '../graph/tensor.ts'
import { seeded } from '../random.ts'
import type { Augmentation } from './augment/augment.ts'
import type { Column } from './dataset.ts'
import {
  classTargets,
  type Field,
  type Fields,
  newColumn,
  newColumns,
  part,
  sizesOf,
  type TargetField,
} from './fields.ts'

export interface Plan {
  /** As the data set has them. */
  readonly source: Fields
  /** As the graph takes them. */
  readonly graph: Fields
  /** Multiplies the samples in the graph. */
  readonly scale: number
  /** Multiplies the samples before they are changed. */
  readonly before: number
  readonly augment: readonly Augmentation[]
  readonly seed: number
}

/** @throws EngineError engine/bad-options where augmentation, samples and loss do not fit */
export function planOf(o: {
  readonly inputs: readonly Field[]
  readonly targets: readonly TargetField[]
  readonly augment: readonly Augmentation[]
  readonly scale: number
  readonly seed: number
}): Plan {
  const [samples, ...more] = o.inputs
  for (const a of o.augment) a.check(samples!.shape)
  const floats = o.augment.some((a) => a.floats)
  const mixes = o.augment.some((a) => a.mix)
  const refuse = (says: string, hint: string): never => {
    throw new EngineError('engine/bad-options', says, hint)
  }
  if (floats && samples!.dtype === 'int32')
    refuse('an augmentation of numbers has no meaning for tokens', 'Leave it out, or use tokenMasking.')
  const graph: Fields = {
    inputs: [floats ? { ...samples!, dtype: 'float32' } : samples!, ...more],
    targets: o.targets,
  }
  let source: Fields = { inputs: o.inputs, targets: o.targets }
  if (mixes) {
    const { targets } = o.targets[0]!
    if (targets.kind !== 'values' || targets.shape.length !== 1)
      refuse('mixed samples have mixed labels', 'Use crossEntropy({ softLabels: true }).')
    const classes = { ...o.targets[0]!, targets: classTargets(targets.shape[0]!) }
    source = { inputs: o.inputs, targets: [classes, ...o.targets.slice(1)] }
  }
  return {
    source,
    graph,
    scale: floats ? 1 : o.scale,
    before: floats ? o.scale : 1,
    augment: o.augment,
    seed: o.seed,
  }
}

/** Room for samples on their way: filled as the data set has them, read as the graph takes them. */
export interface Block {
  readonly filled: Record<string, Column>
  readonly columns: Record<string, Column>
  readonly numbers: Int32Array
}

const soft = ({ source, graph }: Plan): boolean => source.targets[0] !== graph.targets[0]

export function newBlock(plan: Plan, rows: number): Block {
  const columns = newColumns(plan.graph, rows)
  const filled = { ...columns, ...(soft(plan) && { labels: new Int32Array(rows) }) }
  return { columns, filled, numbers: new Int32Array(rows) }
}

/** Where in training samples are: chance depends on it and the seed alone. */
export interface Place {
  readonly epoch: number
  /** Batches before in the epoch. */
  readonly step: number
  readonly batch: number
  /** Only what belongs to the data, as validation has it. */
  readonly always?: boolean
}

/** Changes the first `rows` samples of a block from what they are stored as into what the graph takes. */
export function prepareBlock(plan: Plan, { columns, filled, numbers }: Block, rows: number, at: Place): void {
  const { shape } = plan.graph.inputs[0]!
  const size = sizeOf(shape)
  const samples = columns.samples!.subarray(0, rows * size)
  if (plan.before !== 1) for (let i = 0; i < samples.length; i++) samples[i]! *= plan.before
  const chosen = plan.augment.filter((a) => a.always === true || at.always !== true)
  const each = sizesOf(plan.source).get('labels')!
  const single = chosen.filter((a) => a.apply)
  if (single.length > 0) {
    const scratch = newColumn(plan.graph.inputs[0]!.dtype, size)
    for (let row = 0; row < rows; row++) {
      const values = samples.subarray(row * size, (row + 1) * size)
      const labels = filled.labels!.subarray(row * each, (row + 1) * each)
      const random = seeded(plan.seed, streamOf(at.epoch, numbers[row]!))
      for (const a of single) a.apply!({ values, shape, labels, random, scratch })
    }
  }
  if (!soft(plan)) return
  const target = plan.graph.targets[0]!.targets
  const classes = sizeOf(target.shape)
  const labels = columns.labels as Float32Array
  labels.fill(0, 0, rows * classes)
  for (let row = 0; row < rows; row++) labels[row * classes + filled.labels![row]!] = 1
  for (let row = 0, step = at.step; row < rows; row += at.batch, step++) {
    const end = Math.min(row + at.batch, rows)
    const random = seeded(plan.seed, streamOf(at.epoch, -2 - step))
    const own = part(columns, plan.graph, row, end)
    for (const a of chosen)
      a.mix?.({
        values: own.samples!,
        labels: own.labels as Float32Array,
        shape,
        classes,
        rows: end - row,
        random,
      })
  }
}

/** One random stream for an epoch and a number, spread over all 32 bits (splitmix32's mixing). */
function streamOf(epoch: number, number: number): number {
  let t = (Math.imul(epoch + 1, 0x9e3779b1) ^ number) | 0
  t = Math.imul(t ^ (t >>> 16), 0x21f0aaad)
  t = Math.imul(t ^ (t >>> 15), 0x735a2d97)
  return (t ^ (t >>> 15)) | 0
}
