/** @file The graphs of training: the step inside its Loop, the evaluation, the exported inference. */
import { gradients } from '../autodiff/gradients.ts'
import { EngineError } from '../errors.ts'
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { rewrite } from '../graph/rewrite/rewrite.ts'
import { inferenceRewrites, rewriteForTraining } from '../graph/rewrite/sets.ts'
import { type DType, type Shape, showShape, tensor } from '../graph/tensor.ts'
import type { Graph, Model, Value } from '../graph/types.ts'
import type { Loss, Targets } from '../loss/loss.ts'
import { type Module, type Training, trace } from '../nn/module.ts'
import type { StateDict } from '../nn/state.ts'
import { type ClipOptions, clipped } from '../optim/clip.ts'
import type { Optimiser, UpdateInput } from '../optim/optimiser.ts'
import { targetType } from './data.ts'
import { cut, type Layout, sizeOf, type Weights, weightInputs } from './layout.ts'

export interface StepOptions {
  readonly model: Module
  readonly layout: Layout
  readonly loss: Loss
  readonly targets: Targets
  readonly optimiser: Optimiser
  readonly sampleShape: readonly number[]
  readonly samplesType: DType
  readonly samplesCount: number
  /** Multiplies the samples in the graph, 1/255 for pictures in bytes. */
  readonly scale: number
  readonly batch: number
  /** Parts that a batch is computed in, one after the other; it divides the batch. */
  readonly parts: number
  readonly seed: number
  readonly clip?: ClipOptions
  readonly ema?: { readonly decay: number }
}

/** The vectors that a step changes, with their sizes. */
export function carriedOf(
  o: Pick<StepOptions, 'layout' | 'optimiser' | 'ema'>,
): { name: string; size: number }[] {
  const size = sizeOf(o.layout.trained)
  return [
    { name: 'parameters', size },
    ...Array.from({ length: o.optimiser.slots }, (_, i) => ({ name: `slot${i}`, size })),
    ...(o.ema ? [{ name: 'ema', size }] : []),
    ...(o.layout.buffers.length > 0 ? [{ name: 'buffers', size: sizeOf(o.layout.buffers) }] : []),
  ]
}

/**
 * Several training steps as one graph (a Loop). Inputs: `steps` int64, `step` int64 (steps done before), `samples`
 * [count, size], `labels` [count, …], `order` int32 [steps, batch], `rates` float32 [steps], `frozen` where there are
 * frozen parameters, then what is carried: `parameters`, `slot0`, …. Outputs: `parameters_out`, `slot0_out`, …,
 * `losses` [steps], each before its update.
 */
export function stepsGraph(o: StepOptions): Model {
  const graph = newGraph()
  const size = o.sampleShape.reduce((a, b) => a * b, 1)
  const steps = graph.input('steps', 'int64', [])
  const step = graph.input('step', 'int64', [])
  const samples = graph.input('samples', o.samplesType, [o.samplesCount, size])
  const labels = graph.input('labels', targetType(o.targets), [o.samplesCount, ...o.targets.shape])
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
  const now = carried.map((v) => body.input(`${v.name}_in`, 'float32', [v.size]))
  const named = new Map(carried.map(({ name }, i) => [name, now[i]!]))
  const weights: Weights = {
    layout: o.layout,
    parameters: named.get('parameters')!,
    frozen,
    buffers: named.get('buffers') ?? null,
  }
  const number = g.add(g.add(step, iteration), g.scalar(1, 'int64'))
  const labelsOf = (rows: Value): Value => ops(rows.graph).gather(labels, rows)
  const part = (rows: Value, weights: Weights, key: Value): Part => {
    const to = ops(rows.graph)
    const count = rows.shape[0]!
    return lossAndGradient({
      ...o,
      weights,
      x: prepare(to.gather(samples, rows), [count, ...o.sampleShape], o.scale),
      labels: labelsOf(rows),
      key,
    })
  }
  const rows = g.gather(order, iteration)
  const { loss, gradient, buffers } =
    o.parts === 1 ? part(rows, weights, number) : inParts(o, weights, rows, number, labelsOf, part)
  const slots = carried.flatMap(({ name }, i) => (name.startsWith('slot') ? [now[i]!] : []))
  const updated = updateGroups(o, {
    parameters: weights.parameters,
    gradient: o.clip ? clipped(gradient, o.clip) : gradient,
    slots,
    step: number,
    learningRate: g.gather(rates, iteration),
  })
  const ema = named.get('ema')
  const next = [
    updated.parameters,
    ...updated.slots,
    ...(ema && o.ema ? [g.add(g.mul(ema, o.ema.decay), g.mul(updated.parameters, 1 - o.ema.decay))] : []),
    ...(buffers ? [buffers] : []),
  ]
  const loop = graph.add(
    'Loop',
    [steps, graph.constant(tensor('bool', [], [1])), ...state],
    { body: { graph: body, inputs: [iteration, condition, ...now], outputs: [condition, ...next, loss] } },
    next.length + 1,
  )
  return {
    graph,
    inputs: [steps, step, samples, labels, order, rates, ...(frozen ? [frozen] : []), ...state],
    outputs: loop,
    outputNames: [...carried.map(({ name }) => `${name}_out`), 'losses'],
  }
}

interface Part {
  readonly loss: Value
  readonly gradient: Value
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
    inner.input('gradient_sum', 'float32', weights.parameters.shape),
    inner.input('loss_sum', 'float32', []),
    inner.input('weight_sum', 'float32', []),
  ]
  const own = h.gather(byPart, i)
  const key = h.add(h.mul(number, h.scalar(o.parts, 'int64')), i)
  const one = part(own, { ...weights, buffers }, key)
  const weight = o.loss.weight?.(labelsOf(own)) ?? h.scalar(1)
  const next = [h.mul(one.gradient, weight), h.mul(one.loss, weight), weight].map((v, k) =>
    h.add(sums[k]!, v),
  )
  const outputs = [...next, ...(one.buffers ? [one.buffers] : [])]
  const results = rows.graph.add(
    'Loop',
    [
      g.scalar(o.parts, 'int64'),
      rows.graph.constant(tensor('bool', [], [1])),
      g.full(weights.parameters, 0),
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
  const total = g.max(results[2]!, 1e-12)
  return { gradient: g.div(results[0]!, total), loss: g.div(results[1]!, total), buffers: results[3] ?? null }
}

/** The optimiser's update, group by group where rates or decays differ. */
function updateGroups(o: StepOptions, input: UpdateInput): ReturnType<Optimiser['update']> {
  const { groups } = o.layout
  const g = ops(input.parameters.graph)
  const apart = (v: Value): readonly Value[] =>
    g.split(
      v,
      groups.map(({ size }) => size),
      0,
    )
  const [parameters, gradient, slots] = [
    apart(input.parameters),
    apart(input.gradient),
    input.slots.map(apart),
  ]
  const updates = groups.map(({ rate, weightDecay }, i) =>
    o.optimiser.update({
      parameters: parameters[i]!,
      gradient: gradient[i]!,
      slots: slots.map((s) => s[i]!),
      step: input.step,
      learningRate: rate === 1 ? input.learningRate : g.mul(input.learningRate, rate),
      ...(weightDecay === undefined ? {} : { weightDecay }),
    }),
  )
  return {
    parameters: g.concat(
      updates.map((u) => u.parameters),
      0,
    ),
    slots: input.slots.map((_, k) =>
      g.concat(
        updates.map((u) => u.slots[k]!),
        0,
      ),
    ),
  }
}

export interface LossOptions {
  readonly model: Module
  readonly loss: Loss
  readonly weights: Weights
  readonly x: Value
  readonly labels: Value
  readonly seed?: number
  /** Differs from step to step (int64 scalar), for layers that draw random numbers. */
  readonly key?: Value
}

/**
 * The loss of a batch and its gradient by the flat parameters [P]: the model is traced as in training, rewritten, and
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
  const output = trace(o.model, o.x, ({ parameter }) => values.get(parameter)!, training)
  const parts = layout.trained.map(({ parameter }) => values.get(parameter)!)
  const updates = layout.buffers.map(
    ({ parameter }) => training.updates.get(parameter) ?? values.get(parameter)!,
  )
  const [value, ...updated] = rewriteForTraining([o.loss.build(output, o.labels), ...updates], parts)
  const joined = (vs: readonly Value[]): Value =>
    g.concat(
      vs.map((d) => g.reshape(d, [-1])),
      0,
    )
  return {
    loss: value!,
    gradient: joined(gradients(value!, parts)),
    buffers: buffers === null ? null : joined(updated),
  }
}

/** The model's output for `x` with its weights taken from the flat vectors, as in use. */
export function forward(model: Module, weights: Weights, x: Value): Value {
  const values = cut(weights)
  return trace(model, x, ({ parameter }) => values.get(parameter)!)
}

/** Raw samples [N, size] as the model's input: floats, or whole numbers (tokens) as they are. */
export function prepare(samples: Value, shape: Shape, scale: number): Value {
  const g = ops(samples.graph)
  if (samples.dtype === 'int32') return g.reshape(samples, shape)
  const floats = g.cast(samples, 'float32')
  return g.reshape(scale === 1 ? floats : g.mul(floats, scale), shape)
}

export interface EvaluationOptions {
  readonly model: Module
  readonly layout: Layout
  readonly sampleShape: readonly number[]
  readonly samplesType: DType
  readonly scale: number
}

/** Logits of a chunk of raw samples: `samples` [N, size] and the flat vectors -> `logits`. */
export function evaluationGraph(o: EvaluationOptions): Model {
  const { graph, output, inputs } = outputsOf(o)
  return { graph, inputs, outputs: rewrite([output], inferenceRewrites, []), outputNames: ['logits'] }
}

/**
 * What a chunk of raw samples says about the model: `samples` [N, size], `labels` [N, …] and the flat vectors ->
 * `loss`, `weight` (what the loss's mean was divided by) where it is not N, `predicted` for class scores.
 */
export function validationGraph(o: EvaluationOptions & { loss: Loss; targets: Targets }): Model {
  const { graph, output, inputs } = outputsOf(o)
  const g = ops(graph)
  const labels = graph.input('labels', targetType(o.targets), ['N', ...o.targets.shape])
  const results = new Map([['loss', o.loss.build(output, labels)]])
  if (o.loss.weight) results.set('weight', o.loss.weight(labels))
  const scores =
    o.targets.kind === 'classes' &&
    o.targets.aligned !== false &&
    showShape(output.shape.slice(1)) === showShape([...o.targets.shape, o.targets.classes])
  if (scores)
    results.set('predicted', g.op('ArgMax', [output], { axis: output.shape.length - 1, keepdims: 0 }))
  return {
    graph,
    inputs: [...inputs, labels],
    outputs: rewrite([...results.values()], inferenceRewrites, []),
    outputNames: [...results.keys()],
  }
}

function outputsOf(o: EvaluationOptions) {
  const graph = newGraph()
  const samples = graph.input('samples', o.samplesType, ['N', o.sampleShape.reduce((a, b) => a * b, 1)])
  const weights = weightInputs(graph, o.layout)
  const x = prepare(samples, ['N', ...o.sampleShape], o.scale)
  return { graph, output: forward(o.model, weights, x), inputs: [samples, ...weights.inputs] }
}

/** The trained model as a file for use: `input` [N, …] -> `logits`, and `probabilities` where asked. */
export function inferenceGraph(
  model: Module,
  sampleShape: readonly number[],
  state: StateDict,
  { probabilities, inputType }: { probabilities: boolean; inputType: DType },
): Model {
  const graph: Graph = newGraph()
  const g = ops(graph)
  const input = graph.input('input', inputType, ['N', ...sampleShape])
  const traced = trace(model, input, ({ name }) => {
    const entry = state.get(name)
    if (entry === undefined)
      throw new EngineError(
        'engine/bad-state',
        `the state has no ${name}`,
        'Give the whole state of the model.',
      )
    return graph.constant({ dtype: 'float32', shape: entry.shape, data: entry.data }, name)
  })
  const logits = rewrite([traced], inferenceRewrites, [])[0]!
  const outputs = probabilities ? [logits, g.op('Softmax', [logits], { axis: -1 })] : [logits]
  return {
    graph,
    inputs: [input],
    outputs,
    outputNames: ['logits', 'probabilities'].slice(0, outputs.length),
  }
}

/** The number of classes a model tells apart. @throws EngineError engine/shape-mismatch */
export function classesOf(outputShape: Shape): number {
  const [classes, ...rest] = outputShape
  if (typeof classes === 'number' && rest.length === 0) return classes
  throw new EngineError(
    'engine/shape-mismatch',
    `the model gives ${showShape(['N', ...outputShape])}; one row of class scores per sample is needed`,
    'Flatten, then end the model with a linear layer of as many outputs as there are classes.',
  )
}
