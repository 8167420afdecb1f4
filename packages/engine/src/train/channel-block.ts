/** @file Finds out how many channels the convolutions of a runtime take side by side, by trying. */
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { native } from '../graph/rewrite/blocked/layout.ts'
import { rewriteForBlocks } from '../graph/rewrite/sets.ts'
import { sizeOf, type Tensor, tensor } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { writeModel } from '../onnx/write.ts'
import { seeded } from '../random.ts'
import type { Runtime } from '../runtime/session.ts'

/** Channels of the trial: a multiple of every block that ONNX Runtime has. */
const channels = 32
const shapes = {
  x: [2, 3, 5, 4],
  thin: [channels, 3, 3, 3],
  w: [channels, channels, 3, 3],
  scale: [1, channels, 1, 1],
} as const

let known: Promise<number> | null = null

/** Channels that the convolutions of `runtime` take side by side; found out once for all runtimes that offer blocks. */
export function channelBlockOf(runtime: Runtime): Promise<number> {
  if (!runtime.channelBlocks) return Promise.resolve(1)
  known ??= triedBlock(runtime.channelBlocks)
  return known
}

/**
 * The block that `runtime` says it has and computes rightly with; 1 where it has none. What the ops of blocks do is
 * documented nowhere, so that their results are compared with those of ordinary ones before they are relied upon.
 */
export async function triedBlock(runtime: Runtime): Promise<number> {
  try {
    const block = await saidBlock(runtime)
    if (block <= 1 || channels % block !== 0) return 1
    const random = seeded(7)
    const feeds = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        tensor(
          'float32',
          shape,
          Array.from({ length: sizeOf(shape) }, () => random() - 0.5),
        ),
      ]),
    )
    const [plain, blocked] = [await trial(runtime, 1, feeds), await trial(runtime, block, feeds)]
    const size = plain.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
    return plain.every((v, i) => Math.abs(v - blocked[i]!) < 1e-5 * size) ? block : 1
  } catch {
    return 1
  }
}

/** Four channels in blocks are as many as one block has. */
async function saidBlock(runtime: Runtime): Promise<number> {
  const graph = newGraph()
  const x = graph.input('x', 'float32', [1, 4, 1, 1])
  const y = native(ops(graph), 'ReorderInput', [x], {}, [1, 'block', 1, 1])
  const { y: made } = await runOnce(runtime, [x], [y], ['y'], {
    x: tensor('float32', [1, 4, 1, 1], [1, 2, 3, 4]),
  })
  return made!.shape[1]!
}

/** What the ops of blocks are asked for: few channels, strides, addends, another picture that is read again, Relu, means. */
async function trial(runtime: Runtime, block: number, feeds: Record<string, Tensor>): Promise<number[]> {
  const graph = newGraph()
  const g = ops(graph)
  const inputs = Object.entries(shapes).map(([name, shape]) => graph.input(name, 'float32', shape))
  const [x, thin, w, scale] = inputs as [Value, Value, Value, Value]
  const first = g.op('Conv', [g.op('Conv', [x, thin], { pads: [1, 1, 1, 1] }), w], { pads: [1, 1, 1, 1] })
  const centred = g.sub(first, g.reduceMean(first, [0, 2, 3]))
  const y = g.relu(g.add(g.add(g.mul(centred, scale), scale), first))
  const strided = g.op('Conv', [g.add(y, first), w], { pads: [1, 1, 1, 1], strides: [2, 2] })
  const outputs = rewriteForBlocks([y, strided], block)
  const results = await runOnce(runtime, inputs, outputs, ['y', 'strided'], feeds)
  return [...(results.y!.data as Float32Array), ...(results.strided!.data as Float32Array)]
}

async function runOnce(
  runtime: Runtime,
  inputs: readonly Value[],
  outputs: readonly Value[],
  outputNames: readonly string[],
  feeds: Record<string, Tensor>,
): Promise<Record<string, Tensor>> {
  const session = await runtime.createSession(
    writeModel({ graph: inputs[0]!.graph, inputs, outputs, outputNames }),
  )
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}
