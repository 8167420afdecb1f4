/** @file The models whose training is estimated: an MLP, SimpleCNN and a small transformer, on made-up data. */
import { adam, nn, type TrainerOptions } from '@capstan/engine'

class Mlp extends nn.Module {
  first = nn.linear(784, 512)
  second = nn.linear(512, 512)
  out = nn.linear(512, 10)

  override forward(x: nn.Value): nn.Value {
    const act = nn.relu()
    return this.out.call(act.call(this.second.call(act.call(this.first.call(x)))))
  }
}

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

class Transformer extends nn.Module {
  tokens = nn.embedding(65, 128)
  blocks = [0, 1].map(() => nn.transformerEncoder(128, 4, { causal: true, rotary: true, normFirst: true }))
  norm = nn.layerNorm(128)
  head = nn.linear(128, 65)

  override forward(x: nn.Value): nn.Value {
    const y = this.blocks.reduce((v, block) => block.call(v), this.tokens.call(x))
    return this.head.call(this.norm.call(y))
  }
}

type Design = Pick<TrainerOptions, 'model' | 'data' | 'batchSize' | 'optimiser' | 'scale'>

const count = 1024
const pictures = (shape: readonly number[]) => ({
  samples: Uint8Array.from({ length: count * 784 }, (_, i) => (i * 37) % 256),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
  sampleShape: shape,
})
const texts = {
  samples: Int32Array.from({ length: count * 64 }, (_, i) => (i * i) % 65),
  labels: Int32Array.from({ length: count * 64 }, (_, i) => (i * i + 1) % 65),
  sampleShape: [64],
}

export const designs: Readonly<Record<string, () => Design>> = {
  'MLP 784-512-512-10, batch 64': () => ({
    model: new Mlp(),
    data: pictures([784]),
    scale: 1 / 255,
    batchSize: 64,
    optimiser: adam(),
  }),
  'SimpleCNN, batch 64': () => ({
    model: new SimpleCNN(),
    data: pictures([1, 28, 28]),
    scale: 1 / 255,
    batchSize: 64,
    optimiser: adam(),
  }),
  'transformer 2 x 128, block 64, batch 16': () => ({
    model: new Transformer(),
    data: texts,
    batchSize: 16,
    optimiser: adam(),
  }),
}
