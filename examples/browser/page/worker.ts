/** @file Trains in a worker, so that the page stays responsive. */
import { createTrainer, type Dataset, loadPredictor, nn, type Predictor } from '@capstan/engine'
import { webRuntime } from '@capstan/engine/web'
import type { News, Order } from './messages.ts'

class SimpleCNN extends nn.Module {
  conv1 = nn.conv2d(1, 32, 3)
  relu = nn.relu()
  pool = nn.maxPool2d(2)
  flatten = nn.flatten()
  fc1 = nn.linear(32 * 13 * 13, 10)

  override forward(x: nn.Value): nn.Value {
    return this.fc1.call(this.flatten.call(this.pool.call(this.relu.call(this.conv1.call(x)))))
  }
}

const batchSize = 64
let stop = new AbortController()
let predictor: Predictor | null = null

const say = (news: News): void => postMessage(news)

async function bytesOf(file: string): Promise<Uint8Array> {
  const response = await fetch(`/mnist/${file}`)
  if (!response.ok) throw new Error(`${file}: ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** IDX files: 16 bytes of header before the pictures, 8 before the labels. */
async function mnist(part: 'train' | 't10k', count: number): Promise<Dataset> {
  const [pictures, labels] = await Promise.all([
    bytesOf(`${part}-images-idx3-ubyte`),
    bytesOf(`${part}-labels-idx1-ubyte`),
  ])
  return {
    samples: pictures.subarray(16, 16 + count * 784),
    labels: labels.subarray(8, 8 + count),
    sampleShape: [1, 28, 28],
  }
}

async function train({ provider, pictures, epochs }: Extract<Order, { kind: 'train' }>): Promise<void> {
  stop = new AbortController()
  say({ kind: 'loading' })
  const [data, validation] = await Promise.all([mnist('train', pictures), mnist('t10k', 10_000)])
  const runtime = webRuntime({ wasmPath: '/ort/', provider })
  const common = { data, scale: 1 / 255, batchSize, seed: 1 }
  // A few recorded steps say which op runs where; the training itself is not slowed down by recording.
  const probe = await createTrainer({
    ...common,
    model: new SimpleCNN(),
    epochs: 1,
    stepsPerCall: 2,
    runtime: webRuntime({ wasmPath: '/ort/', provider, placement: true }),
  })
  await probe.run().next()
  say({ kind: 'report', provider: probe.provider, placement: await probe.placement() })
  await probe.release()

  const trainer = await createTrainer({
    ...common,
    model: new SimpleCNN(),
    runtime,
    validation,
    epochs,
    stepsPerCall: 10,
  })
  try {
    for await (const event of trainer.run({ signal: stop.signal })) {
      if (event.kind === 'progress')
        say({
          kind: 'progress',
          losses: event.losses,
          stepsPerSecond: event.samplesPerSecond / batchSize,
          secondsLeft: event.secondsLeft,
        })
      if (event.kind === 'epoch' && event.validation?.accuracy !== undefined)
        say({ kind: 'accuracy', accuracy: event.validation.accuracy })
    }
    await predictor?.release()
    predictor = await loadPredictor(runtime, trainer.exportInference())
    say({ kind: 'done', stopped: stop.signal.aborted })
  } finally {
    await trainer.release()
  }
}

async function classify(pixels: Float32Array): Promise<void> {
  if (predictor === null) return
  const { logits } = await predictor.predict(pixels)
  const top = Math.max(...logits)
  const sum = logits.reduce((total, v) => total + Math.exp(v - top), 0)
  say({ kind: 'digit', digit: logits.indexOf(top), probability: 1 / sum })
}

addEventListener('message', async ({ data }: MessageEvent<Order>) => {
  try {
    if (data.kind === 'train') await train(data)
    else if (data.kind === 'classify') await classify(data.pixels)
    else stop.abort()
  } catch (error) {
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
})
