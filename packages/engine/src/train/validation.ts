/** @file Measures a model on validation data after an epoch. */
import { newGraph } from '../graph/graph.ts'
import { rewrite } from '../graph/rewrite/rewrite.ts'
import { inferenceRewrites } from '../graph/rewrite/sets.ts'
import { isStatic, type Shape, sizeOf, type Tensor } from '../graph/tensor.ts'
import type { Model, Value } from '../graph/types.ts'
import { judged, type Loss, partsOf } from '../loss/loss.ts'
import { headsOf, type Module, trace } from '../nn/module.ts'
import { writeModel } from '../onnx/write.ts'
import type { Runtime, Session } from '../runtime/session.ts'
import { columnsOf } from './data.ts'
import { type Dataset, isStream, type StreamedData } from './dataset.ts'
import { feedsOf, part, sizesOf } from './fields.ts'
import { dataInputs, prepared } from './graphs.ts'
import { cut, type Layout, type Vectors, weightInputs } from './layout.ts'
import { type Metric, scored } from './metric.ts'
import { newBlock, type Plan, prepareBlock } from './plan.ts'
import { inOrder, type RowSource } from './shuffle.ts'
import { readStream } from './stream.ts'

export interface Validated {
  /** The training loss's formula, on all validation samples. */
  readonly loss: number
  /** Correct over all that count, 0 to 1; left out where the model gives no class scores or it was not asked for. */
  readonly accuracy?: number
  /** What was asked for, by name; a number that nothing counts towards is left out. */
  readonly metrics: Readonly<Record<string, number>>
}

export interface Validation {
  measure(vectors: Vectors): Promise<Validated>
  release(): Promise<void>
}

export interface ValidationOptions {
  readonly model: Module
  readonly layout: Layout
  readonly runtime: Runtime
  readonly validation: Dataset | StreamedData
  /** The samples' way into the graph; its chance is left out. */
  readonly plan: Plan
  readonly loss: Loss
  readonly metrics: readonly Metric[]
  readonly outputShape: Shape
  readonly vocabulary: number | null
}

/** Samples a call: enough to keep the processor busy, few enough to keep the memory small. */
const chunk = 250
/** Outputs a call, which keeps the memory small where one sample has many. */
const outputsPerCall = 2 ** 21

/** @throws EngineError engine/bad-options where a metric does not fit the targets */
export async function loadValidation(o: ValidationOptions): Promise<Validation> {
  const session = await o.runtime.createSession(writeModel(validationGraph(o)))
  return {
    measure: (vectors) => measure(session, o, weightFeeds(session, vectors)),
    release: () => session.release(),
  }
}

/**
 * What a chunk of samples says about the model: the data and the flat vectors -> `loss0`, `weight0` (what the mean was
 * divided by, where that is not N) and so on for each part of the loss, then `metric0`, ….
 */
export function validationGraph(
  o: Pick<ValidationOptions, 'model' | 'layout' | 'plan' | 'loss' | 'metrics'>,
): Model {
  const graph = newGraph()
  const fields = o.plan.graph
  const data = dataInputs(graph, fields, 'N')
  const weights = weightInputs(graph, o.layout)
  const values = cut(weights)
  const { x, more, labels, moreLabels } = prepared({ fields, scale: o.plan.scale }, data.inputs, data.targets)
  const output = trace(o.model, x, ({ parameter }) => values.get(parameter)!, null, more)
  const heads = headsOf(graph)
  const results = new Map<string, Value>()
  const labelsFor = (target: string | null): Value => (target === null ? labels : moreLabels!.get(target)!)
  partsOf(o.loss).forEach((p, i) => {
    results.set(`loss${i}`, p.loss.build(judged(p, output, heads), labelsFor(p.target)))
    if (p.loss.weight) results.set(`weight${i}`, p.loss.weight(labelsFor(p.target)))
  })
  o.metrics.forEach((metric, i) => {
    const target = metric.target ?? null
    const p = partsOf(o.loss).find((one) => one.target === target)
    const field = fields.targets.find(({ key }) => key === (target ?? ''))!
    const judgedBy = p ? judged(p, output, heads) : output
    results.set(`metric${i}`, metric.build(judgedBy, labelsFor(target), field.targets))
  })
  return {
    graph,
    inputs: [...data.all, ...weights.inputs],
    outputs: rewrite([...results.values()], inferenceRewrites, []),
    outputNames: [...results.keys()],
  }
}

/** Whether the accuracy of class scores can be told. */
export function tellsAccuracy(o: Pick<ValidationOptions, 'plan' | 'loss' | 'outputShape'>): boolean {
  const { targets } = o.plan.graph.targets[0]!
  const output = { shape: ['N', ...o.outputShape] } as unknown as Value
  return scored(output, targets) || o.plan.graph.targets[0] !== o.plan.source.targets[0]
}

const rowsPerCall = (outputShape: Shape): number =>
  Math.max(
    1,
    Math.min(chunk, isStatic(outputShape) ? Math.floor(outputsPerCall / sizeOf(outputShape)) : chunk),
  )

function weightFeeds(session: Session, vectors: Vectors): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(vectors)
      .filter(([name]) => session.inputNames.includes(name))
      .map(([name, data]) => [name, { dtype: 'float32', shape: [data.length], data }]),
  )
}

async function measure(
  session: Session,
  o: ValidationOptions,
  weights: Record<string, Tensor>,
): Promise<Validated> {
  const parts = partsOf(o.loss)
  const [losses, divisors] = [parts.map(() => 0), parts.map(() => 0)]
  const joined: (Float64Array | null)[] = o.metrics.map(() => null)
  for await (const { feeds, rows } of chunks(o)) {
    const results = await session.run({ ...feeds, ...weights })
    parts.forEach((_, i) => {
      const weight = results[`weight${i}`]
      const w = weight ? Number(weight.data[0]) : rows
      losses[i]! += Number(results[`loss${i}`]!.data[0]) * w
      divisors[i]! += w
    })
    o.metrics.forEach((metric, i) => {
      const batch = Float64Array.from(results[`metric${i}`]!.data as Float32Array)
      const before = joined[i]
      joined[i] = before ? (metric.join ?? sums)(before, batch) : batch
    })
  }
  const numbers = o.metrics.flatMap((metric, i) => {
    const found = joined[i] ? metric.finish(joined[i]) : []
    return metric.names.flatMap((name, k) =>
      Number.isNaN(found[k] ?? Number.NaN) ? [] : [[name, found[k]!]],
    )
  })
  const metrics: Record<string, number> = Object.fromEntries(numbers)
  const { accuracy } = metrics
  return {
    // Nothing that counts: a loss of 0, as in training.
    loss: parts.reduce((sum, { weight }, i) => sum + weight * (losses[i]! / (divisors[i]! || 1)), 0),
    ...(accuracy === undefined ? {} : { accuracy }),
    metrics,
  }
}

const sums = (before: Float64Array, batch: Float64Array): Float64Array => before.map((v, i) => v + batch[i]!)

async function* chunks(
  o: ValidationOptions,
): AsyncGenerator<{ feeds: Record<string, Tensor>; rows: number }, void> {
  const { plan, validation: data } = o
  const most = rowsPerCall(o.outputShape)
  const changed = plan.augment.some((a) => a.always) || plan.source.targets[0] !== plan.graph.targets[0]
  if (!isStream(data) && !changed && plan.before === 1) {
    const columns = columnsOf(data, plan.graph)
    const count = data.samples.length / sizeOf(data.sampleShape)
    for (let at = 0; at < count; at += most) {
      const end = Math.min(at + most, count)
      yield { feeds: feedsOf(part(columns, plan.graph, at, end), plan.graph), rows: end - at }
    }
    return
  }
  const source = isStream(data)
    ? inOrder(
        readStream(data, {
          fields: plan.source,
          name: 'validation',
          epoch: 0,
          skip: 0,
          vocabulary: o.vocabulary,
        }),
        plan.source,
        0,
      )
    : allOf(data, plan)
  const block = newBlock(plan, most)
  try {
    for (;;) {
      const rows = await source.fill(block.filled, block.numbers, 0, most)
      if (rows === 0) return
      prepareBlock(plan, block, rows, { epoch: 0, step: 0, batch: most, always: true })
      yield { feeds: feedsOf(part(block.columns, plan.graph, 0, rows), plan.graph), rows }
    }
  } finally {
    await source.close()
  }
}

function allOf(data: Dataset, { source }: Plan): RowSource {
  const columns = columnsOf(data, source)
  const sizes = sizesOf(source)
  const count = data.samples.length / sizeOf(data.sampleShape)
  let next = 0
  return {
    async fill(into, numbers, at, rows) {
      const n = Math.min(rows, count - next)
      for (const [name, size] of sizes)
        into[name]!.set(columns[name]!.subarray(next * size, (next + n) * size), at * size)
      for (let i = 0; i < n; i++) numbers[at + i] = next + i
      next += n
      return n
    },
    async close() {},
  }
}
