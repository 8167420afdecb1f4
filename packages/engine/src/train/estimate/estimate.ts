/** @file Tells what training will take, before it begins: operations, time and memory of a step. */
import { EngineError } from '../../errors.ts'
import { topological } from '../../graph/graph.ts'
import { isSub } from '../../graph/shapes/subgraph.ts'
import type { Subgraph } from '../../graph/types.ts'
import { channelBlockOf } from '../channel-block.ts'
import type { Dataset, StreamedData } from '../dataset.ts'
import { isStream } from '../dataset.ts'
import { withDefaults } from '../defaults.ts'
import { bytesOf as bytesOfSample } from '../fields.ts'
import { carriedOf, stepsGraph } from '../graphs.ts'
import { layoutOf, sizeOf } from '../layout.ts'
import { checkOptions, preparedData } from '../prepared.ts'
import type { TrainerOptions } from '../trainer.ts'
import { amountOf, type Calibration, calibrate, signatureOf } from './calibrate.ts'
import { kindOf, type OpClass, peakOf, type Work, workOf } from './work.ts'

export interface OpEstimate {
  readonly op: string
  readonly class: OpClass
  /** Nodes that run in a step. */
  readonly nodes: number
  readonly flops: number
  readonly seconds: number
}

export interface TrainingEstimate {
  readonly parameters: number
  /** Of a step: forward, gradients and update; a multiply-add counts as two. */
  readonly flopsPerStep: number
  readonly secondsPerStep: number
  /** Null where the length of the data is not known. Validation is left out. */
  readonly secondsPerEpoch: number | null
  readonly seconds: number | null
  /** What a step keeps and makes at most at once, in bytes. */
  readonly memory: {
    /** ONNX Runtime's session by itself. */
    readonly session: number
    /** Parameters and the optimiser's and other vectors: in all the copies that exist at once. */
    readonly state: number
    /** Results that are alive at once, gradients among them, with what the allocator loses between them. */
    readonly activations: number
    /** Samples that are held: all of them, or blocks and the shuffle buffer of a stream. */
    readonly data: number
    readonly peak: number
  }
  /** By op, the slowest first. */
  readonly ops: readonly OpEstimate[]
}

export interface EstimateOptions {
  /** Milliseconds that measuring this machine may take, about. */
  readonly budget?: number
}

/**
 * Builds the graph of a step, times its heaviest ops on the runtime, each by itself, and adds up. Nothing is trained;
 * the same checks as in `createTrainer` are made.
 * @throws EngineError as createTrainer does
 */
export async function estimateTraining(
  options: TrainerOptions,
  { budget = 3000 }: EstimateOptions = {},
): Promise<TrainingEstimate> {
  const o = withDefaults(options)
  if (o.workers)
    throw new EngineError(
      'engine/bad-options',
      'a step that is shared out among workers is not estimated',
      'Estimate one worker: leave workers out and divide batchSize by their number.',
    )
  checkOptions(o)
  const { plan, count, shuffleBuffer } = preparedData(o)
  const layout = layoutOf(o.model, o.optimiser)
  const step = {
    ...o,
    layout,
    fields: plan.graph,
    scale: plan.scale,
    batch: o.batchSize,
    parts: o.accumulate,
  }
  const resident = isStream(o.data) || o.augment.length > 0 ? null : count
  const block = await channelBlockOf(o.runtime)
  const body = bodyOf(stepsGraph({ ...step, samplesCount: resident, block }))
  const works = workOf(body)
  const machine = await calibrate(works, { runtime: o.runtime, clock: o.clock, budget })
  const ops = byOp(works, machine)
  const secondsPerStep = ops.reduce((sum, { seconds }) => sum + seconds, 0)
  const steps = count === null ? null : count / o.batchSize
  const state = copies * 4 * carriedOf(step).reduce((n, { size }) => n + size, 0) + 4 * sizeOf(layout.frozen)
  const data = dataBytes(o, bytesOfSample(plan.source), bytesOfSample(plan.graph), shuffleBuffer)
  const activations = Math.round(fragments * peakOf(body))
  return {
    parameters: sizeOf(layout.trained) + sizeOf(layout.frozen),
    flopsPerStep: works.reduce((sum, { flops, times }) => sum + flops * times, 0),
    secondsPerStep,
    secondsPerEpoch: steps && steps * secondsPerStep,
    seconds: steps && steps * o.epochs * secondsPerStep,
    memory: { session, state, activations, data, peak: session + state + activations + data },
    ops,
  }
}

// Fitted to the resident memory of ten designs on Linux: MLPs of 32 to 2,048 units, SimpleCNN with batches of 8 to 512, a
// residual network with 32 and 128, transformers of 0.4 to 4.8 million parameters. All ten come within a factor of 1.25.
const session = 14 * 2 ** 20
/** What the allocator takes for each byte that is alive at once. */
const fragments = 1.3
/** Of what is carried: given, cut apart, going into and out of a turn of the loop, joined, and of two calls not yet collected. */
const copies = 7

/**
 * Timed by itself an op finds its numbers in the processor's cache; in a step others have been there since. A step takes
 * 1.4 (transformer), 1.9 (SimpleCNN) and 2.3 (MLP) times the sum of its ops on two cores of an x86-64 server.
 */
const together = 1.7

function bodyOf(model: ReturnType<typeof stepsGraph>): Subgraph {
  const loop = topological(model.outputs, model.graph).find(({ op }) => op === 'Loop')
  const body = loop && Object.values(loop.attributes).find(isSub)
  if (body === undefined) throw new Error('internal: the steps are no loop')
  return body
}

function dataBytes(
  o: { data: Dataset | StreamedData; augment: readonly unknown[]; batchSize: number; stepsPerCall: number },
  source: number,
  graph: number,
  shuffleBuffer = 0,
): number {
  const blocks = 2 * Math.min(2 ** 25, o.stepsPerCall * o.batchSize * graph)
  if (isStream(o.data)) return blocks + shuffleBuffer * source
  const all = o.data.samples.byteLength + o.data.labels.byteLength
  return all + (o.augment.length > 0 ? blocks : 0)
}

function byOp(works: readonly Work[], machine: Calibration): OpEstimate[] {
  const found = new Map<
    string,
    { op: string; class: OpClass; nodes: number; flops: number; seconds: number }
  >()
  for (const work of works) {
    const op = work.node.opaque?.op ?? work.node.op
    const sum = found.get(op) ?? { op, class: work.class, nodes: 0, flops: 0, seconds: 0 }
    sum.nodes += work.times
    sum.flops += work.flops * work.times
    sum.seconds += work.class === 'free' ? 0 : together * secondsOf(work, machine) * work.times
    found.set(op, sum)
  }
  return [...found.values()].sort((a, b) => b.seconds - a.seconds)
}

/** As measured, or in proportion to the kind of the same op that is nearest in size; else at the others' median speed. */
function secondsOf(work: Work, { measured, perNode }: Calibration): number {
  const own = measured.get(signatureOf(work.node))
  if (own) return own.seconds
  const amount = amountOf(work)
  const near = (candidates: readonly { work: number; seconds: number }[]) =>
    candidates.reduce<{ work: number; seconds: number } | null>(
      (best, one) =>
        best === null || Math.abs(Math.log(one.work / amount)) < Math.abs(Math.log(best.work / amount))
          ? one
          : best,
      null,
    )
  const usable = [...measured.values()].filter((m) => m.work > 0 && m.seconds > 0)
  const like =
    near(usable.filter(({ kind }) => kind === kindOf(work))) ??
    near(usable.filter(({ kind }) => kind === 'Mul other'))
  if (like === null || amount === 0) return perNode
  return Math.max(perNode, (like.seconds * amount) / like.work)
}
