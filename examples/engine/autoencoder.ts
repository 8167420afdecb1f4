/** @file An autoencoder squeezes digits (MNIST) into 32 numbers and draws them again, better than 32 principal components. */
import { adam, createTrainer, type Dataset, loadPredictor, meanSquaredError, nn } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { mnist } from '../data/idx.ts'
import { print, report, smoke } from '../report.ts'

class Autoencoder extends nn.Module {
  encoder = nn.sequential(nn.linear(784, 256), nn.relu(), nn.linear(256, 32))
  decoder = nn.sequential(nn.linear(32, 256), nn.relu(), nn.linear(256, 784), nn.sigmoid())

  override forward(x: nn.Value): nn.Value {
    return this.decoder.call(this.encoder.call(x))
  }
}

/** Pictures from 0 to 1 that are their own targets. */
function itself({ samples }: Dataset, most: number): Dataset {
  const pixels = new Float32Array(samples.subarray(0, most * 784))
  for (let i = 0; i < pixels.length; i++) pixels[i]! /= 255
  return { samples: pixels, labels: pixels, sampleShape: [784] }
}

const { about, train, test } = mnist()
console.log(about)
const pictures = itself(test, 10_000)

const runtime = nodeRuntime({ threads: 2 })
const trainer = await createTrainer({
  model: new Autoencoder(),
  runtime,
  data: itself(train, smoke ? 10_000 : 60_000),
  validation: pictures,
  loss: meanSquaredError(),
  optimiser: adam({ learningRate: 1e-3 }),
  epochs: smoke ? 2 : 15,
  batchSize: 128,
  seed: 1,
})

let [squaredError, seconds] = [0, 0]
for await (const event of trainer.run()) {
  print(event)
  if (event.kind !== 'epoch') continue
  squaredError = event.validation!.loss
  seconds += event.seconds
}

const predictor = await loadPredictor(runtime, trainer.exportInference())
await trainer.release()
const first = pictures.samples.subarray(0, 4 * 784) as Float32Array
const { logits: drawn } = await predictor.predict(first)
await predictor.release()
for (const [what, digits] of Object.entries({
  'Four test pictures': first,
  'drawn again from 32 numbers each': drawn,
})) {
  console.log(`\n${what}:`)
  // every other row, for characters are twice as high as wide
  for (let row = 4; row < 26; row += 2) {
    const line = Array.from(
      { length: 4 * 28 },
      (_, i) => digits[Math.floor(i / 28) * 784 + row * 28 + (i % 28)]!,
    )
    console.log(line.map((ink) => ' .:-=+*#%@'[Math.round(9 * ink)]).join(''))
  }
}

report('autoencoder', { squaredError, seconds, parameters: trainer.summary.parameters })
