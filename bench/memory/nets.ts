/** @file The trainings whose memory is measured: each for a process of its own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { adam, adamW, crossEntropy, nn, sgd, type TrainerOptions } from '@capstan/engine'
import { Gpt, type GptSize, vocabulary } from '../gpt/model.ts'
import { residualCnn } from '../resnet/model.ts'

export const batch = 64
export const residual = { widths: [64, 128, 256], blocks: 1 }
export const gpt: GptSize = { layers: 4, heads: 4, width: 128, block: 64, batch: 12 }

type Net = Omit<TrainerOptions, 'runtime' | 'epochs'>

/** By name, with the folder where the benchmark left the data, and the steps of a round. */
export const nets: Readonly<Record<string, (folder: string, steps: number) => Net>> = {
  simplecnn: (folder, steps) => ({
    model: nn.sequential(
      nn.conv2d(1, 32, 3),
      nn.relu(),
      nn.maxPool2d(2),
      nn.flatten(),
      nn.linear(32 * 13 * 13, 10),
    ),
    data: pictures(folder, 'simplecnn', [1, 28, 28]),
    scale: 1 / 255,
    optimiser: adam({ learningRate: 1e-3 }),
    batchSize: batch,
    stepsPerCall: steps,
  }),
  residual: (folder, steps) => ({
    model: residualCnn(residual),
    data: pictures(folder, 'residual', [3, 32, 32]),
    scale: 1 / 255,
    optimiser: sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4 }),
    batchSize: batch,
    stepsPerCall: steps,
  }),
  gpt: (_folder, steps) => {
    const tokens = Int32Array.from({ length: steps * gpt.batch * gpt.block }, (_, i) => (i * 31) % vocabulary)
    return {
      model: new Gpt(gpt),
      data: { samples: tokens, labels: tokens, sampleShape: [gpt.block] },
      loss: crossEntropy(),
      optimiser: adamW({ learningRate: 1e-3 }),
      batchSize: gpt.batch,
      stepsPerCall: steps,
    }
  },
}

function pictures(folder: string, name: string, sampleShape: readonly number[]): Net['data'] {
  const read = (what: string): Uint8Array => new Uint8Array(readFileSync(join(folder, `${name}-${what}`)))
  // The MNIST files begin with a header of 16 and 8 bytes.
  const skip = name === 'simplecnn' ? [16, 8] : [0, 0]
  return {
    samples: read('samples').subarray(skip[0]),
    labels: read('labels').subarray(skip[1]),
    sampleShape,
  }
}
