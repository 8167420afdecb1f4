/** @file A small residual network (He et al., 2016) learns what is on colour pictures (CIFAR-10). */
import { augment, createTrainer, nn, schedules, sgd } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { cifar10About, loadCifar10 } from '../data/cifar10.ts'
import { print, report, smoke } from '../report.ts'

/** A convolution whose results a batch norm puts right. */
const conv = (inputs: number, outputs: number, kernel: number, stride = 1) =>
  nn.sequential(
    nn.conv2d(inputs, outputs, kernel, { stride, padding: kernel >> 1, bias: false }),
    nn.batchNorm(outputs),
  )

/** x + two convolutions of x; where the size changes, x goes through a convolution of 1x1 too. */
const block = (inputs: number, outputs: number, stride: number) =>
  nn.sequential(
    nn.residual(
      nn.sequential(conv(inputs, outputs, 3, stride), nn.relu(), conv(outputs, outputs, 3)),
      inputs === outputs ? {} : { shortcut: conv(inputs, outputs, 1, stride) },
    ),
    nn.relu(),
  )

class ResNet extends nn.Module {
  start = nn.sequential(conv(3, 16, 3), nn.relu())
  blocks = nn.sequential(block(16, 16, 1), block(16, 32, 2), block(32, 64, 2))
  head = nn.sequential(nn.globalAvgPool2d(), nn.flatten(), nn.linear(64, 10))

  override forward(x: nn.Value): nn.Value {
    return this.head.call(this.blocks.call(this.start.call(x)))
  }
}

console.log(cifar10About)
const train = await loadCifar10('train', smoke ? 3_000 : 50_000)
const test = await loadCifar10('test', smoke ? 1_000 : 10_000)

const trainer = await createTrainer({
  model: new ResNet(),
  runtime: nodeRuntime({ threads: 2 }),
  data: train,
  validation: test,
  scale: 1 / 255,
  augment: [augment.horizontalFlip()],
  optimiser: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
  schedule: schedules.oneCycle({ peak: 0.1 }),
  epochs: smoke ? 2 : 1,
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

report('resnet-cifar10', { accuracy, seconds, parameters: trainer.summary.parameters })
