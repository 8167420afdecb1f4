/** @file The residual CNN of the benchmarks (He et al., 2016, in its form for CIFAR), as in peers/resnet_torch.py. */
import { nn } from '@capstan/engine'

export interface ResidualOptions {
  /** Channels of each stage; every stage but the first halves the picture. */
  readonly widths: readonly number[]
  /** Residual blocks of a stage, two 3x3 convolutions each. */
  readonly blocks: number
}

const normConv = (inputs: number, outputs: number, kernel: number, stride: number): nn.Module[] => [
  nn.conv2d(inputs, outputs, kernel, { stride, padding: kernel >> 1, bias: false }),
  nn.batchNorm(outputs),
]

const block = (inputs: number, outputs: number, stride: number): nn.Module[] => [
  nn.residual(
    nn.sequential(...normConv(inputs, outputs, 3, stride), nn.relu(), ...normConv(outputs, outputs, 3, 1)),
    stride === 1 && inputs === outputs
      ? {}
      : { shortcut: nn.sequential(...normConv(inputs, outputs, 1, stride)) },
  ),
  nn.relu(),
]

/** [N, 3, 32, 32] -> [N, 10]. */
export function residualCnn({ widths, blocks }: ResidualOptions): nn.Module {
  const stages = widths.flatMap((width, i) =>
    Array.from({ length: blocks }, (_, j) =>
      block(j === 0 ? (widths[i - 1] ?? width) : width, width, i > 0 && j === 0 ? 2 : 1),
    ).flat(),
  )
  return nn.sequential(
    ...normConv(3, widths[0]!, 3, 1),
    nn.relu(),
    ...stages,
    nn.globalAvgPool2d(),
    nn.flatten(),
    nn.linear(widths.at(-1)!, 10),
  )
}
