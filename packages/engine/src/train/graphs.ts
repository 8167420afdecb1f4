/** @file The graphs of training: the step inside its Loop, the evaluation, the exported inference. */
import { gradients } from '../autodiff/gradients.ts'
import { EngineError } from '../errors.ts'
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { rewrite } from '../graph/rewrite/rewrite.ts'
import { inferenceRewrites, trainingRewrites } from '../graph/rewrite/sets.ts'
import { type DType, type Shape, showShape, tensor } from '../graph/tensor.ts'
import type { Graph, Model, Value } from '../graph/types.ts'
import type { Loss } from '../loss/cross-entropy.ts'
import { type Module, namedParameters, trace } from '../nn/module.ts'
import type { StateDict } from '../nn/state.ts'
import type { Optimiser } from '../optim/optimiser.ts'

export interface StepOptions {
  readonly model: Module
  readonly loss: Loss
  readonly optimiser: Optimiser
  readonly sampleShape: readonly number[]
  readonly samplesType: DType
  readonly samplesCount: number
  /** Multiplies the samples in the graph, 1/255 for pictures in bytes. */
  readonly scale: number
  readonly batch: number
}

const flatSize = (model: Module): number =>
  namedParameters(model).reduce((n, { parameter }) => n + parameter.size, 0)

/**
 * Several training steps as one graph (a Loop). Inputs: `steps` int64, `step` int64 (steps done before), `samples`
 * [count, size], `labels` int32 [count], `order` int32 [steps, batch], `rates` float32 [steps], `parameters` and
 * `slot0`, … float32 [P]. Outputs: `parameters_out`, `slot0_out`, …, `losses` [steps], each before its update.
 */
export function stepsGraph(o: StepOptions): Model {
  const graph = newGraph()
  const flat = flatSize(o.model)
  const size = o.sampleShape.reduce((a, b) => a * b, 1)
  const steps = graph.input('steps', 'int64', [])
  const step = graph.input('step', 'int64', [])
  const samples = graph.input('samples', o.samplesType, [o.samplesCount, size])
  const labels = graph.input('labels', 'int32', [o.samplesCount])
  const order = graph.input('order', 'int32', ['steps', o.batch])
  const rates = graph.input('rates', 'float32', ['steps'])
  const carried = ['parameters', ...Array.from({ length: o.optimiser.slots }, (_, i) => `slot${i}`)]
  const state = carried.map((name) => graph.input(name, 'float32', [flat]))

  const body = newGraph(graph)
  const g = ops(body)
  const iteration = body.input('iteration', 'int64', [])
  const condition = body.input('condition', 'bool', [])
  const [parameters, ...slots] = carried.map((name) => body.input(`${name}_in`, 'float32', [flat])) as [
    Value,
    ...Value[],
  ]
  const batch = g.gather(order, iteration)
  const x = prepare(g.gather(samples, batch), [o.batch, ...o.sampleShape], o.scale)
  const { loss, gradient } = lossAndGradient(o.model, o.loss, parameters, x, g.gather(labels, batch))
  const updated = o.optimiser.update({
    parameters,
    gradient,
    slots,
    step: g.add(g.add(step, iteration), g.scalar(1, 'int64')),
    learningRate: g.gather(rates, iteration),
  })
  const next = [updated.parameters, ...updated.slots]
  const loop = graph.add(
    'Loop',
    [steps, graph.constant(tensor('bool', [], [1])), ...state],
    {
      body: {
        graph: body,
        inputs: [iteration, condition, parameters, ...slots],
        outputs: [condition, ...next, loss],
      },
    },
    next.length + 1,
  )
  return {
    graph,
    inputs: [steps, step, samples, labels, order, rates, ...state],
    outputs: loop,
    outputNames: [...carried.map((name) => `${name}_out`), 'losses'],
  }
}

/**
 * The loss of a batch and its gradient by the flat parameters [P]: the model is traced, rewritten for training, and
 * differentiated layer by layer.
 */
export function lossAndGradient(
  model: Module,
  loss: Loss,
  parameters: Value,
  x: Value,
  labels: Value,
): { loss: Value; gradient: Value } {
  const g = ops(parameters.graph)
  const parts = unflatten(model, parameters)
  const traced = loss.build(forward(model, parameters, x), labels)
  const [value] = rewrite([traced], trainingRewrites, parts)
  const grads = gradients(value!, parts)
  return {
    loss: value!,
    gradient: g.concat(
      grads.map((d) => g.reshape(d, [-1])),
      0,
    ),
  }
}

/** The model's output for `x` with its weights taken from the flat parameters [P]. */
export function forward(model: Module, parameters: Value, x: Value): Value {
  const parts = unflatten(model, parameters)
  const named = namedParameters(model)
  return trace(model, x, ({ parameter }) => parts[named.findIndex((n) => n.parameter === parameter)]!)
}

function unflatten(model: Module, parameters: Value): Value[] {
  const g = ops(parameters.graph)
  const named = namedParameters(model)
  if (named.length === 0)
    throw new EngineError(
      'engine/bad-options',
      'the model has no parameters to train',
      'Add a layer with weights.',
    )
  const parts = g.split(
    parameters,
    named.map(({ parameter }) => parameter.size),
    0,
  )
  return parts.map((part, i) => g.reshape(part, named[i]!.parameter.shape))
}

/** Raw samples [N, size] as the model's float input. */
export function prepare(samples: Value, shape: Shape, scale: number): Value {
  const g = ops(samples.graph)
  const floats = g.cast(samples, 'float32')
  return g.reshape(scale === 1 ? floats : g.mul(floats, scale), shape)
}

/** Logits of a chunk of raw samples with the parameters as an input: `samples` [N, size], `parameters` [P] -> `logits`. */
export function evaluationGraph(
  model: Module,
  sampleShape: readonly number[],
  type: DType,
  scale: number,
): Model {
  const graph = newGraph()
  const samples = graph.input('samples', type, ['N', sampleShape.reduce((a, b) => a * b, 1)])
  const parameters = graph.input('parameters', 'float32', [flatSize(model)])
  const x = prepare(samples, ['N', ...sampleShape], scale)
  const traced = forward(model, parameters, x)
  const logits = rewrite([traced], inferenceRewrites, [])[0]!
  return { graph, inputs: [samples, parameters], outputs: [logits], outputNames: ['logits'] }
}

/** The trained model as a file for use: `input` float32 [N, …] -> `logits`, and `probabilities` where asked. */
export function inferenceGraph(
  model: Module,
  sampleShape: readonly number[],
  state: StateDict,
  probabilities: boolean,
): Model {
  const graph: Graph = newGraph()
  const g = ops(graph)
  const input = graph.input('input', 'float32', ['N', ...sampleShape])
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
