/** @file The graphs of training: the step inside its Loop, the evaluation, the exported inference. */
import { gradients } from '../autodiff/gradients.ts'
import { EngineError } from '../errors.ts'
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { rewrite } from '../graph/rewrite/rewrite.ts'
import { inferenceRewrites, rewriteForTraining, rewriteGradients } from '../graph/rewrite/sets.ts'
import { type Dim, type Shape, sizeOf as sizeOfShape, tensor } from '../graph/tensor.ts'
import type { Graph, Model, Value } from '../graph/types.ts'
import { judged, type Loss, partsOf } from '../loss/loss.ts'
import { headsOf, type Module, type NamedParameter, type Training, trace } from '../nn/module.ts'
import type { StateDict } from '../nn/state.ts'
import { type Field, type Fields, inputTypeOf, targetType } from './fields.ts'
import { apart, cut, joined, sizeOf, type Weights } from './layout.ts'
import { trainedVectors, type UpdateOptions, updated } from './update.ts'

export interface StepOptions extends UpdateOptions {
  readonly model: Module
  readonly loss: Loss
  readonly fields: Fields
  /** Samples that a call is given; null where that differs from call to call. */
  readonly samplesCount: number | null
  /** Multiplies the samples in the graph, 1/255 for pictures in bytes. */
  readonly scale: number
  readonly batch: number
  /** Parts that a batch is computed in, one after the other; it divides the batch. */
  readonly parts: number
  readonly seed: number
  /** Channels that the runtime's convolutions take side by side (`channelBlockOf`); 1 unless given. */
  readonly block?: number
}

/** The vectors that a step changes, with their sizes. */
export function carriedOf(
  o: Pick<StepOptions, 'layout' | 'optimiser' | 'ema'>,
): { name: string; size: number }[] {
  const size = sizeOf(o.layout.trained)
  return [
    ...trainedVectors(o).map((name) => ({ name, size })),
    ...(o.layout.buffers.length > 0 ? [{ name: 'buffers', size: sizeOf(o.layout.buffers) }] : []),
  ]
}

/**
 * Several training steps as one graph (a Loop). Inputs: `steps` int64, `step` int64 (steps done before), `samples`
 * [count, size] and further inputs, `labels` [count, …] and further targets, `order` int32 [steps, batch], `rates`
 * float32 [steps], `frozen` where there are frozen parameters, then what is carried: `parameters`, `slot0`, …. Outputs: `parameters_out`, `slot0_out`, …,
 * `losses` [steps], each before its update.
 */
export function stepsGraph(o: StepOptions): Model {
  const graph = newGraph()
  const steps = graph.input('steps', 'int64', [])
  const step = graph.input('step', 'int64', [])
  const data = dataInputs(graph, o.fields, o.samplesCount ?? 'count')
  const order = graph.input('order', 'int32', ['steps', o.batch])
  const rates = graph.input('rates', 'float32', ['steps'])
  const frozen =
    o.layout.frozen.length > 0 ? graph.input('frozen', 'float32', [sizeOf(o.layout.frozen)]) : null
  const carried = carriedOf(o)
  const state = carried.map((v) => graph.input(v.name, 'float32', [v.size]))

  const body = newGraph(graph)
  const g = ops(body)
  const iteration = body.input('iteration', 'int64', [])
  const condition = body.input('condition', 'bool', [])
  // Cut once before the loop and joined once behind it: inside, each piece is carried by itself.
  const now = new Map(
    carried.map(({ name }, i) => {
      const pieces = name === 'buffers' ? [state[i]!] : apart(o.layout, state[i]!)
      return [name, pieces.map((v, k) => ({ v, inside: body.input(`${name}_in${k}`, 'float32', v.shape) }))]
    }),
  )
  const inside = new Map([...now].map(([name, pieces]) => [name, pieces.map((p) => p.inside)]))
  const weights: Weights = {
    layout: o.layout,
    parameters: inside.get('parameters')!,
    frozen,
    buffers: inside.get('buffers')?.[0] ?? null,
  }
  const number = g.add(g.add(step, iteration), g.scalar(1, 'int64'))
  const labelsOf = (rows: Value): Value => ops(rows.graph).gather(data.targets[0]!, rows)
  const part = (rows: Value, weights: Weights, key: Value): Part => {
    const of = (values: readonly Value[]) => values.map((v) => ops(rows.graph).gather(v, rows))
    return lossAndGradient({ ...o, ...prepared(o, of(data.inputs), of(data.targets)), weights, key })
  }
  const rows = g.gather(order, iteration)
  const { loss, gradient, buffers } =
    o.parts === 1 ? part(rows, weights, number) : inParts(o, weights, rows, number, labelsOf, part)
  const learningRate = g.gather(rates, iteration)
  const next = updated(o, { vectors: inside, gradient, step: number, learningRate })
  if (buffers) next.set('buffers', [buffers])
  const outputs = [...next.values()].flat()
  const loop = graph.add(
    'Loop',
    [steps, graph.constant(tensor('bool', [], [1])), ...[...now.values()].flat().map((p) => p.v)],
    {
      body: {
        graph: body,
        inputs: [iteration, condition, ...[...inside.values()].flat()],
        outputs: [condition, ...outputs, loss],
      },
    },
    outputs.length + 1,
  )
  let at = 0
  const after = carried.map(({ name }) => {
    const count = inside.get(name)!.length
    at += count
    return joined(loop.slice(at - count, at))
  })
  return {
    graph,
    inputs: [steps, step, ...data.all, order, rates, ...(frozen ? [frozen] : []), ...state],
    outputs: [...after, loop.at(-1)!],
    outputNames: [...carried.map(({ name }) => `${name}_out`), 'losses'],
  }
}

/** The data as inputs of a graph, one row a sample. */
export function dataInputs(graph: Graph, { inputs, targets }: Fields, count: Dim) {
  const samples = inputs.map((f) => graph.input(f.name, f.dtype, [count, sizeOfShape(f.shape)]))
  const labels = targets.map((f) => graph.input(f.name, targetType(f.targets), [count, ...f.targets.shape]))
  return { inputs: samples, targets: labels, all: [...samples, ...labels] }
}

/** Rows of the data as what a model and its loss take. */
export function prepared(
  o: { readonly fields: Fields; readonly scale: number },
  inputs: readonly Value[],
  targets: readonly Value[],
): Pick<LossOptions, 'x' | 'more' | 'labels' | 'moreLabels'> {
  const [x, ...more] = inputs.map((v, i) =>
    prepare(v, [v.shape[0]!, ...o.fields.inputs[i]!.shape], i === 0 ? o.scale : 1),
  )
  const named = o.fields.targets.slice(1).map(({ key }, i) => [key, targets[i + 1]!] as const)
  return { x: x!, more, labels: targets[0]!, moreLabels: new Map(named) }
}

interface Part {
  readonly loss: Value
  /** By the pieces of the layout. */
  readonly gradient: readonly Value[]
  /** The next values of the buffers. */
  readonly buffers: Value | null
}

/**
 * The loss and gradient of a batch, computed in equal parts one after the other: the memory of one part. The parts'
 * means are weighed by what each was divided by, so that the result is that of the whole batch.
 */
function inParts(
  o: StepOptions,
  weights: Weights,
  rows: Value,
  number: Value,
  labelsOf: (rows: Value) => Value,
  part: (rows: Value, weights: Weights, key: Value) => Part,
): Part {
  const g = ops(rows.graph)
  const byPart = g.reshape(rows, [o.parts, o.batch / o.parts])
  const inner = newGraph(rows.graph)
  const h = ops(inner)
  const i = inner.input('part', 'int64', [])
  const condition = inner.input('more', 'bool', [])
  const buffers = weights.buffers ? inner.input('buffers_part', 'float32', weights.buffers.shape) : null
  const sums = [
    ...weights.parameters.map((v, k) => inner.input(`gradient_sum${k}`, 'float32', v.shape)),
    inner.input('loss_sum', 'float32', []),
    inner.input('weight_sum', 'float32', []),
  ]
  const own = h.gather(byPart, i)
  const key = h.add(h.mul(number, h.scalar(o.parts, 'int64')), i)
  const one = part(own, { ...weights, buffers }, key)
  const weight = o.loss.weight?.(labelsOf(own)) ?? h.scalar(1)
  const next = [...one.gradient.map((v) => h.mul(v, weight)), h.mul(one.loss, weight), weight].map((v, k) =>
    h.add(sums[k]!, v),
  )
  const outputs = [...next, ...(one.buffers ? [one.buffers] : [])]
  const results = rows.graph.add(
    'Loop',
    [
      g.scalar(o.parts, 'int64'),
      rows.graph.constant(tensor('bool', [], [1])),
      ...weights.parameters.map((v) => g.full(v, 0)),
      g.scalar(0),
      g.scalar(0),
      ...(weights.buffers ? [weights.buffers] : []),
    ],
    {
      body: {
        graph: inner,
        inputs: [i, condition, ...sums, ...(buffers ? [buffers] : [])],
        outputs: [condition, ...outputs],
      },
    },
    outputs.length,
  )
  const count = weights.parameters.length
  const total = g.max(results[count + 1]!, 1e-12)
  return {
    gradient: results.slice(0, count).map((v) => g.div(v, total)),
    loss: g.div(results[count]!, total),
    buffers: results[count + 2] ?? null,
  }
}

export interface LossOptions {
  readonly model: Module
  readonly loss: Loss
  readonly weights: Weights
  readonly x: Value
  /** Further inputs of the model's forward. */
  readonly more?: readonly Value[]
  readonly labels: Value
  /** Further targets by name. */
  readonly moreLabels?: ReadonlyMap<string, Value>
  readonly seed?: number
  /** Differs from step to step (int64 scalar), for layers that draw random numbers. */
  readonly key?: Value
  readonly block?: number
}

/**
 * The loss of a batch and its gradient by the pieces of the parameters: the model is traced as in training, rewritten, and
 * differentiated layer by layer. All nodes go into the graph of `x`.
 */
export function lossAndGradient(o: LossOptions): Part {
  const g = ops(o.x.graph)
  const values = cut(o.weights)
  const { layout, buffers } = o.weights
  const training: Training = {
    step: o.key ?? g.scalar(0, 'int64'),
    seed: o.seed ?? 0,
    updates: new Map(),
    streams: 0,
  }
  const output = trace(o.model, o.x, ({ parameter }) => values.get(parameter)!, training, o.more)
  const parts = layout.trained.map(({ parameter }) => values.get(parameter)!)
  const updates = layout.buffers.map(
    ({ parameter }) => training.updates.get(parameter) ?? values.get(parameter)!,
  )
  const [value, ...updated] = rewriteForTraining([lossOf(o, output), ...updates], parts)
  const slopes = gradients(value!, parts, (_, i) => layout.trained[i]!.name)
  const [loss, ...found] = rewriteGradients([value!, ...slopes, ...updated], o.block ?? 1)
  const slopeOf = new Map(layout.trained.map((member, i) => [member, found[i]!]))
  return {
    loss: loss!,
    gradient: layout.pieces.map(({ members }) => joined(members.map((member) => slopeOf.get(member)!))),
    buffers: buffers === null ? null : joined(found.slice(parts.length)),
  }
}

/** The loss of a model's output (and heads): the weighted sum of its parts. */
export function lossOf(o: Pick<LossOptions, 'loss' | 'labels' | 'moreLabels'>, output: Value): Value {
  const g = ops(output.graph)
  const heads = headsOf(output.graph)
  return partsOf(o.loss)
    .map((part) => {
      const labels = part.target === null ? o.labels : o.moreLabels!.get(part.target)!
      const value = part.loss.build(judged(part, output, heads), labels)
      return part.weight === 1 ? value : g.mul(value, part.weight)
    })
    .reduce((a, b) => g.add(a, b))
}

/** Raw samples [N, size] as the model's input: floats, or whole numbers (tokens) as they are. */
export function prepare(samples: Value, shape: Shape, scale: number): Value {
  const g = ops(samples.graph)
  if (samples.dtype === 'int32') return g.reshape(samples, shape)
  const floats = g.cast(samples, 'float32')
  return g.reshape(scale === 1 ? floats : g.mul(floats, scale), shape)
}

/** The trained model as a file for use: `input` [N, …] -> `logits`, and `probabilities` where asked. */
export function inferenceGraph(
  model: Module,
  [first, ...more]: readonly Field[],
  state: StateDict,
  { probabilities }: { probabilities: boolean },
): Model {
  const graph: Graph = newGraph()
  const g = ops(graph)
  const input = graph.input('input', inputTypeOf(first!), ['N', ...first!.shape])
  const others = more.map((f) => graph.input(f.key, inputTypeOf(f), ['N', ...f.shape]))
  const bind = ({ name }: NamedParameter): Value => {
    const entry = state.get(name)
    if (entry === undefined)
      throw new EngineError(
        'engine/bad-state',
        `the state has no ${name}`,
        'Give the whole state of the model.',
      )
    return graph.constant({ dtype: 'float32', shape: entry.shape, data: entry.data }, name)
  }
  const traced = trace(model, input, bind, null, others)
  const heads = headsOf(graph)
  const [logits, ...rest] = rewrite([traced, ...heads.values()], inferenceRewrites, [])
  const scores = probabilities ? [g.op('Softmax', [logits!], { axis: -1 })] : []
  return {
    graph,
    inputs: [input, ...others],
    outputs: [logits!, ...scores, ...rest],
    outputNames: ['logits', ...(probabilities ? ['probabilities'] : []), ...heads.keys()],
  }
}
