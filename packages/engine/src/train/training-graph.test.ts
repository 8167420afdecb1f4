/** @file The training graph, run as it is written, trains as the trainer does. */
import { expect, it } from 'vitest'
import { tensor } from '../graph/tensor.ts'
import * as nn from '../nn/nn.ts'
import { writeModel } from '../onnx/write.ts'
import { sgd } from '../optim/sgd.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { createTrainer } from './trainer.ts'
import { trainingGraph } from './training-graph.ts'

const runtime = nodeRuntime({ threads: 1 })
const [count, batchSize, inputs, classes] = [12, 4, 5, 3]
const start = () =>
  nn.initialise(nn.sequential(nn.linear(inputs, 8), nn.relu(), nn.linear(8, classes)), { seed: 3 })
const optimiser = sgd({ learningRate: 0.5, momentum: 0.9 })

function data() {
  const random = seeded(1)
  const samples = Float32Array.from({ length: count * inputs }, () => random() - 0.5)
  return { samples, labels: Int32Array.from({ length: count }, (_, i) => i % classes), sampleShape: [inputs] }
}

it('gives the losses and the weights of the trainer', async () => {
  const { samples, labels, sampleShape } = data()
  const trainer = await createTrainer({
    ...{ model: start(), runtime, data: data(), optimiser, batchSize },
    ...{ epochs: 1, shuffle: false },
  })
  const losses: number[] = []
  for await (const event of trainer.run()) if (event.kind === 'progress') losses.push(...event.losses)
  const bytes = writeModel(trainingGraph({ model: start(), sampleShape, batchSize, optimiser }))
  const session = await runtime.createSession(bytes)
  const flat = Float32Array.from([...nn.stateDict(start()).values()].flatMap((entry) => [...entry.data]))
  const vector = (values: Float32Array) => tensor('float32', [values.length], [...values])
  const results = await session.run({
    steps: tensor('int64', [], [count / batchSize]),
    step: tensor('int64', [], [0]),
    samples: tensor('float32', [count, inputs], [...samples]),
    labels: tensor('int32', [count], [...labels]),
    order: tensor('int32', [count / batchSize, batchSize], [...Array(count).keys()]),
    rates: tensor('float32', [count / batchSize], Array(count / batchSize).fill(0.5)),
    parameters: vector(flat),
    slot0: vector(flat.map(() => 0)),
  })
  expect([...(results.losses!.data as Float32Array)]).toEqual(losses)
  const trained = [...trainer.state().values()].flatMap((entry) => [...entry.data])
  expect([...(results.parameters_out!.data as Float32Array)]).toEqual(trained)
  await Promise.all([trainer.release(), session.release()])
})
