/** @file SimpleCNN learns kinds of clothes (Fashion-MNIST). */
import { adam, createTrainer, nn } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { fashionMnist } from '../data/idx.ts'
import { print, report, smoke } from '../report.ts'

class SimpleCNN extends nn.Module {
  conv1 = nn.conv2d(1, 32, 3)
  relu = nn.relu()
  pool = nn.maxPool2d(2)
  flatten = nn.flatten()
  fc1 = nn.linear(32 * 13 * 13, 10)

  override forward(x: nn.Value): nn.Value {
    const pooled = this.pool.call(this.relu.call(this.conv1.call(x)))
    return this.fc1.call(this.flatten.call(pooled))
  }
}

const { about, train, test } = fashionMnist()
console.log(about)

const trainer = await createTrainer({
  model: new SimpleCNN(),
  runtime: nodeRuntime({ threads: 2 }),
  data: train,
  validation: test,
  scale: 1 / 255,
  optimiser: adam({ learningRate: 1e-3 }),
  epochs: smoke ? 1 : 5,
  batchSize: 64,
  seed: 1,
})

let [accuracy, seconds] = [0, 0]
for await (const event of trainer.run()) {
  print(event)
  if (event.kind !== 'epoch') continue
  accuracy = event.validation!.accuracy!
  seconds += event.seconds
}
await trainer.release()

report('simplecnn-fashion', { accuracy, seconds, parameters: trainer.summary.parameters })
