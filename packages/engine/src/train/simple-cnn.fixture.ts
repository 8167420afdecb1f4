/** @file The SimpleCNN and the start that PyTorch's reference losses were made from, for tests anywhere. */
import * as nn from '../nn/nn.ts'

export class SimpleCNN extends nn.Module {
  conv1 = nn.conv2d(1, 32, 3)
  relu = nn.relu()
  pool = nn.maxPool2d(2)
  flatten = nn.flatten()
  fc1: nn.Module

  constructor(features = 32 * 13 * 13) {
    super()
    this.fc1 = nn.linear(features, 10)
  }

  override forward(x: nn.Value): nn.Value {
    const pooled = this.pool.call(this.relu.call(this.conv1.call(x)))
    return this.fc1.call(this.flatten.call(pooled))
  }
}

const sines = (shape: number[], scale: number, k: number) => ({
  shape,
  data: Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => scale * Math.sin(k * (i + 1)),
  ),
})

/** The initial parameters that the reference describes. */
export function startModel(): SimpleCNN {
  const model = new SimpleCNN()
  nn.loadStateDict(
    model,
    new Map([
      ['conv1.weight', sines([32, 1, 3, 3], 0.3, 1.7)],
      ['conv1.bias', sines([32], 0.1, 0.9)],
      ['fc1.weight', sines([10, 5408], 0.013, 0.37)],
      ['fc1.bias', sines([10], 0.01, 0.5)],
    ]),
  )
  return model
}
