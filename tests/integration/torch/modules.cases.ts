/** @file Modules with random sizes, each beside PyTorch's of the same meaning. */
import { type Tensor, tensor } from '../../../packages/engine/src/graph/tensor.ts'
import * as nn from '../../../packages/engine/src/nn/nn.ts'
import type { Chance } from './oracle.ts'

interface Torch {
  /** The class in torch.nn, or one of the oracle's own. */
  readonly kind: string
  readonly args?: readonly unknown[]
  readonly options?: Readonly<Record<string, unknown>>
  /** The state after the last step instead of all. */
  readonly last?: boolean
  readonly causal?: boolean
}

interface Made {
  readonly module: nn.Module
  readonly torch: Torch
  readonly x: Tensor
  /** Further inputs by name, and their order in `call`. */
  readonly extra?: Readonly<Record<string, Tensor>>
  readonly order?: readonly (string | null)[]
}

export interface ModuleCase {
  readonly name: string
  /** The export of `nn`. */
  readonly covers: string
  readonly make: (draw: Chance) => Made
}

const one = (covers: string, make: (draw: Chance) => Made, name = covers): ModuleCase => ({
  name,
  covers,
  make,
})

/** Element by element, on any shape. */
const plain = (covers: string, module: () => nn.Module, torch: Torch, name?: string): ModuleCase =>
  one(
    covers,
    (d) => ({
      module: module(),
      torch,
      x: d.values(
        Array.from({ length: d.size(2, 4) }, () => d.size(1, 5)),
        -3,
        3,
      ),
    }),
    name,
  )

const picture = (d: Chance, dims: number, channels: number, low: number): Tensor =>
  d.values([d.size(1, 3), channels, ...Array.from({ length: dims }, () => d.size(low, low + 4))])

const dimensions = [1, 2, 3] as const
const convs = { 1: nn.conv1d, 2: nn.conv2d, 3: nn.conv3d }
const transposed = { 1: nn.convTransposed1d, 2: nn.convTransposed2d, 3: nn.convTransposed3d }
const maxPools = { 1: nn.maxPool1d, 2: nn.maxPool2d, 3: nn.maxPool3d }
const avgPools = { 1: nn.avgPool1d, 2: nn.avgPool2d, 3: nn.avgPool3d }

const windows = dimensions.flatMap((n): ModuleCase[] => [
  ...['plain', 'with options'].map((name) =>
    one(
      `conv${n}d`,
      (d) => {
        const groups = name === 'plain' ? 1 : d.size(1, 3)
        const [inputs, outputs, kernel] = [groups * d.size(1, 2), groups * d.size(1, 3), d.size(1, 3)]
        const more =
          name === 'plain'
            ? {}
            : {
                stride: d.size(1, 3),
                padding: d.size(0, 2),
                dilation: d.size(1, 2),
                groups,
                bias: d.random() < 0.7,
              }
        return {
          module: convs[n](inputs, outputs, kernel, more),
          torch: { kind: `Conv${n}d`, args: [inputs, outputs, kernel], options: more },
          x: picture(d, n, inputs, 6),
        }
      },
      `conv${n}d, ${name}`,
    ),
  ),
  ...['plain', 'with options'].map((name) =>
    one(
      `convTransposed${n}d`,
      (d) => {
        const groups = name === 'plain' ? 1 : d.size(1, 3)
        const [inputs, outputs, kernel] = [groups * d.size(1, 2), groups * d.size(1, 2), d.size(2, 3)]
        const stride = d.size(1, 3)
        const dilation = d.size(1, 2)
        const padding = d.size(0, 1)
        const outputPadding = d.size(0, Math.min(stride + padding, Math.max(stride, dilation)) - 1)
        const common = { stride, padding, dilation, groups }
        return {
          module: transposed[n](
            inputs,
            outputs,
            kernel,
            name === 'plain' ? {} : { ...common, outputPadding },
          ),
          torch: {
            kind: `ConvTranspose${n}d`,
            args: [inputs, outputs, kernel],
            options: name === 'plain' ? {} : { ...common, output_padding: outputPadding },
          },
          x: picture(d, n, inputs, 2),
        }
      },
      `convTransposed${n}d, ${name}`,
    ),
  ),
  ...(['max', 'avg'] as const).flatMap((of) =>
    ['tiles', 'overlapping, padded'].map((name) =>
      one(
        `${of}Pool${n}d`,
        (d) => {
          const kernel = d.size(2, 3)
          const more =
            name === 'tiles'
              ? {}
              : { stride: d.size(1, kernel - 1), padding: d.size(0, Math.floor(kernel / 2)) }
          return {
            module: (of === 'max' ? maxPools : avgPools)[n](kernel, more),
            torch: { kind: `${of === 'max' ? 'Max' : 'Avg'}Pool${n}d`, args: [kernel], options: more },
            x: picture(d, n, d.size(1, 3), 5),
          }
        },
        `${of}Pool${n}d, ${name}`,
      ),
    ),
  ),
])

const layers = { rnn: nn.rnn, lstm: nn.lstm, gru: nn.gru }

const recurrent = (['rnn', 'lstm', 'gru'] as const).flatMap((kind) =>
  [
    'plain',
    'both ways, layers',
    'lengths',
    'lengths, both ways, layers',
    'last',
    'last, lengths, both ways',
  ].map((name) =>
    one(
      kind,
      (d) => {
        const [inputs, hidden, n, t] = [d.size(1, 4), d.size(1, 5), d.size(1, 4), d.size(2, 6)]
        const depth = name.includes('layers') ? d.size(2, 3) : 1
        const bidirectional = name.includes('both')
        const last = name.includes('last')
        const lengths = name.includes('lengths')
        return {
          module: layers[kind](inputs, hidden, { layers: depth, bidirectional, last }),
          torch: {
            kind: kind.toUpperCase(),
            args: [inputs, hidden],
            options: { num_layers: depth, bidirectional, batch_first: true },
            last,
          },
          x: d.values([n, t, inputs]),
          ...(lengths ? { extra: { lengths: d.whole([n], t + 1, 1) }, order: ['lengths'] } : {}),
        }
      },
      `${kind}, ${name}`,
    ),
  ),
)

const attentionSizes = (d: Chance) => {
  const heads = d.size(1, 3)
  return { heads, size: 4 * heads * d.size(1, 2), n: d.size(1, 3), t: d.size(1, 5), s: d.size(1, 6) }
}

const encoders: readonly { normFirst?: boolean; activation?: 'gelu'; causal?: boolean }[] = [
  {},
  { normFirst: true, activation: 'gelu' },
  { causal: true },
  { causal: true, normFirst: true },
]

const attention: ModuleCase[] = [
  ...['itself', 'causal', 'memory', 'boolean mask', 'added mask'].map((name) =>
    one(
      'multiHeadAttention',
      (d) => {
        const { heads, size, n, t, s } = attentionSizes(d)
        const causal = name === 'causal'
        const extra: Record<string, Tensor> = {}
        if (name === 'memory') extra.memory = d.values([n, s, size])
        if (name === 'added mask') extra.mask = d.values([t, t], -2, 2)
        // Each position sees at least itself.
        const seen = Array.from({ length: t * t }, (_, i) => (i % (t + 1) === 0 || d.random() < 0.5 ? 1 : 0))
        if (name === 'boolean mask') extra.mask = tensor('bool', [t, t], seen)
        return {
          module: nn.multiHeadAttention(size, heads, { causal }),
          torch: { kind: 'MultiheadAttention', args: [size, heads], options: { batch_first: true }, causal },
          x: d.values([n, t, size]),
          extra,
          order: ['memory' in extra ? 'memory' : null, 'mask' in extra ? 'mask' : null],
        }
      },
      `attention: ${name}`,
    ),
  ),
  ...[false, true].map((causal) =>
    one(
      'multiHeadAttention',
      (d) => {
        const { heads, size, n, t } = attentionSizes(d)
        return {
          module: nn.multiHeadAttention(size, heads, { rotary: true, causal }),
          torch: { kind: 'Rotary', args: [size, heads, causal] },
          x: d.values([n, t, size]),
        }
      },
      `attention: rotary${causal ? ', causal' : ''}`,
    ),
  ),
  ...encoders.map((how) =>
    one(
      'transformerEncoder',
      (d) => {
        const { heads, size, n, t } = attentionSizes(d)
        const hidden = d.size(2, 8)
        const { normFirst = false, activation = 'relu', causal = false } = how
        return {
          module: nn.transformerEncoder(size, heads, { hidden, ...how }),
          torch: {
            kind: 'TransformerEncoderLayer',
            args: [size, heads, hidden],
            options: { dropout: 0, batch_first: true, norm_first: normFirst, activation },
            causal,
          },
          x: d.values([n, t, size]),
        }
      },
      `transformerEncoder ${JSON.stringify(how)}`,
    ),
  ),
  ...[false, true].map((normFirst) =>
    one(
      'transformerDecoder',
      (d) => {
        const { heads, size, n, t, s } = attentionSizes(d)
        const hidden = d.size(2, 8)
        return {
          module: nn.transformerDecoder(size, heads, { hidden, normFirst }),
          torch: {
            kind: 'TransformerDecoderLayer',
            args: [size, heads, hidden],
            options: { dropout: 0, batch_first: true, norm_first: normFirst },
          },
          x: d.values([n, t, size]),
          extra: { memory: d.values([n, s, size]) },
          order: ['memory'],
        }
      },
      `transformerDecoder, norms ${normFirst ? 'first' : 'last'}`,
    ),
  ),
]

const norms: ModuleCase[] = [
  one('layerNorm', (d) => {
    const shape = Array.from({ length: d.size(1, 2) }, () => d.size(3, 6))
    return {
      module: nn.layerNorm(shape),
      torch: { kind: 'LayerNorm', args: [shape] },
      x: d.values([d.size(1, 3), d.size(1, 3), ...shape]),
    }
  }),
  one(
    'layerNorm',
    (d) => {
      const size = d.size(2, 6)
      return {
        module: nn.layerNorm(size, { affine: false, epsilon: 1e-3 }),
        torch: { kind: 'LayerNorm', args: [size], options: { elementwise_affine: false, eps: 1e-3 } },
        x: d.values([d.size(1, 3), size]),
      }
    },
    'layerNorm, without weights',
  ),
  one('rmsNorm', (d) => {
    const size = d.size(2, 6)
    return {
      module: nn.rmsNorm(size),
      torch: { kind: 'RmsNorm', args: [size] },
      x: d.values([d.size(1, 3), 2, size]),
    }
  }),
  one('groupNorm', (d) => {
    const groups = d.size(1, 3)
    const channels = groups * d.size(1, 3)
    return {
      module: nn.groupNorm(groups, channels),
      torch: { kind: 'GroupNorm', args: [groups, channels] },
      x: picture(d, d.size(1, 2), channels, 2),
    }
  }),
  ...[false, true].map((affine) =>
    one(
      'instanceNorm',
      (d) => {
        const [channels, dims] = [d.size(1, 4), d.size(1, 3)]
        return {
          module: nn.instanceNorm(channels, { affine }),
          torch: { kind: `InstanceNorm${dims}d`, args: [channels], options: { affine } },
          x: picture(d, dims, channels, 2),
        }
      },
      `instanceNorm${affine ? ' with weights' : ''}`,
    ),
  ),
  one('batchNorm', (d) => {
    const channels = d.size(1, 4)
    return {
      module: nn.batchNorm(channels),
      torch: { kind: 'BatchNorm2d', args: [channels] },
      x: picture(d, 2, channels, 2),
    }
  }),
  one(
    'batchNorm',
    (d) => {
      const channels = d.size(1, 4)
      return {
        module: nn.batchNorm(channels, { momentum: 0.3, epsilon: 1e-3 }),
        torch: { kind: 'BatchNorm1d', args: [channels], options: { momentum: 0.3, eps: 1e-3 } },
        x: d.values([d.size(3, 6), channels]),
      }
    },
    'batchNorm of rows, with options',
  ),
]

const loraOf = (inputs: number, outputs: number, rank: number): nn.Module => {
  const layer = nn.linear(inputs, outputs)
  const whole = nn.sequential(layer)
  nn.addLora(nn.initialise(whole, { seed: 1 }), { rank, alpha: 3 * rank })
  return layer
}

const linear: ModuleCase[] = [
  one('linear', (d) => {
    const [inputs, outputs, bias] = [d.size(1, 6), d.size(1, 6), d.random() < 0.6]
    const outer = Array.from({ length: d.size(1, 3) }, () => d.size(1, 4))
    return {
      module: nn.linear(inputs, outputs, { bias }),
      torch: { kind: 'Linear', args: [inputs, outputs], options: { bias } },
      x: d.values([...outer, inputs]),
    }
  }),
  one('addLora', (d) => {
    const [inputs, outputs, rank] = [d.size(2, 6), d.size(1, 6), d.size(1, 3)]
    return {
      module: loraOf(inputs, outputs, rank),
      torch: { kind: 'Lora', args: [inputs, outputs, rank, 3] },
      x: d.values([d.size(1, 4), inputs]),
    }
  }),
  one('embedding', (d) => {
    const [rows, size] = [d.size(2, 7), d.size(1, 4)]
    return {
      module: nn.embedding(rows, size),
      torch: { kind: 'Embedding', args: [rows, size] },
      x: d.whole([d.size(1, 4), d.size(1, 5)], rows),
    }
  }),
]

const linearSpec = (inputs: number, outputs: number): Torch => ({ kind: 'Linear', args: [inputs, outputs] })

const composed: ModuleCase[] = [
  one('sequential', (d) => {
    const [a, b, c] = [d.size(1, 5), d.size(1, 5), d.size(1, 5)]
    return {
      module: nn.sequential(nn.linear(a, b), nn.tanh(), nn.linear(b, c)),
      torch: { kind: 'Sequential', args: [linearSpec(a, b), { kind: 'Tanh' }, linearSpec(b, c)] },
      x: d.values([d.size(1, 4), a]),
    }
  }),
  one('residual', (d) => {
    const a = d.size(1, 5)
    return {
      module: nn.residual(nn.linear(a, a)),
      torch: { kind: 'Residual', args: [linearSpec(a, a)] },
      x: d.values([d.size(1, 4), a]),
    }
  }),
  one(
    'residual',
    (d) => {
      const [a, b] = [d.size(1, 5), d.size(1, 5)]
      return {
        module: nn.residual(nn.linear(a, b), { shortcut: nn.linear(a, b) }),
        torch: { kind: 'Residual', args: [linearSpec(a, b), linearSpec(a, b)] },
        x: d.values([d.size(1, 4), a]),
      }
    },
    'residual with a shortcut',
  ),
]

const shaped: ModuleCase[] = [
  one('flatten', (d) => ({ module: nn.flatten(), torch: { kind: 'Flatten' }, x: picture(d, 2, 2, 1) })),
  one('globalAvgPool2d', (d) => ({
    module: nn.globalAvgPool2d(),
    torch: { kind: 'AdaptiveAvgPool2d', args: [1] },
    x: picture(d, 2, d.size(1, 3), 1),
  })),
  one('globalMaxPool2d', (d) => ({
    module: nn.globalMaxPool2d(),
    torch: { kind: 'AdaptiveMaxPool2d', args: [1] },
    x: picture(d, 2, d.size(1, 3), 1),
  })),
  ...[-1, 1].map((axis) =>
    one(
      'logSoftmax',
      (d) => ({
        module: nn.logSoftmax(axis),
        torch: { kind: 'LogSoftmax', options: { dim: axis } },
        x: picture(d, 1, d.size(1, 4), 1),
      }),
      `logSoftmax, axis ${axis}`,
    ),
  ),
  ...[-1, 1].map((axis) =>
    one(
      'softmax',
      (d) => ({
        module: nn.softmax(axis),
        torch: { kind: 'Softmax', options: { dim: axis } },
        x: picture(d, 1, d.size(1, 4), 1),
      }),
      `softmax, axis ${axis}`,
    ),
  ),
]

export const moduleCases: readonly ModuleCase[] = [
  ...linear,
  ...windows,
  ...norms,
  ...recurrent,
  ...attention,
  ...composed,
  ...shaped,
  plain('relu', () => nn.relu(), { kind: 'ReLU' }),
  plain('sigmoid', () => nn.sigmoid(), { kind: 'Sigmoid' }),
  plain('tanh', () => nn.tanh(), { kind: 'Tanh' }),
  plain('gelu', () => nn.gelu(), { kind: 'GELU' }),
  plain('silu', () => nn.silu(), { kind: 'SiLU' }),
  plain('leakyRelu', () => nn.leakyRelu(0.2), { kind: 'LeakyReLU', args: [0.2] }),
  plain('elu', () => nn.elu(0.7), { kind: 'ELU', args: [0.7] }),
  plain('mish', () => nn.mish(), { kind: 'Mish' }),
  plain('hardSwish', () => nn.hardSwish(), { kind: 'Hardswish' }),
  plain('softplus', () => nn.softplus(), { kind: 'Softplus' }),
]
