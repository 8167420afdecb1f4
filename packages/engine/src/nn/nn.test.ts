/** @file Modules: names, shapes, defaults, state, summaries. */
import { describe, expect, it } from 'vitest'
import { SimpleCNN } from '../train/mnist.fixture.ts'
import * as nn from './nn.ts'
import { summarise } from './summary.ts'

describe('summarise', () => {
  it('adds up the SimpleCNN', () => {
    const summary = summarise(new SimpleCNN(), [1, 28, 28])
    expect(
      summary.layers.map(({ name, kind, outputShape, parameters }) => [name, kind, outputShape, parameters]),
    ).toEqual([
      ['conv1', 'conv2d', [32, 26, 26], 320],
      ['relu', 'relu', [32, 26, 26], 0],
      ['pool', 'maxPool2d', [32, 13, 13], 0],
      ['flatten', 'flatten', [5408], 0],
      ['fc1', 'linear', [10], 54_090],
    ])
    expect(summary.parameters).toBe(54_410)
    expect(summary.outputShape).toEqual([10])
    // Convolution: 26 x 26 x 32 results of nine multiply-adds and a bias.
    expect(summary.layers[0]!.flops).toBe(26 * 26 * 32 * 19)
    expect(summary.layers[4]!.flops).toBe(10 * (2 * 5408 + 1))
    expect(summary.flops).toBe(summary.layers.reduce((n, l) => n + l.flops, 0))
    expect(summary.optimiserBytes).toBe(54_410 * 8)
    expect(summary.activationBytes).toBe(4 * (784 + 2 * 26 * 26 * 32 + 5408 + 10))
  })

  it('names the layer that does not fit, what it declares and what it gets', () => {
    expect(() => summarise(new SimpleCNN(32 * 7 * 7), [1, 28, 28])).toThrow(
      expect.objectContaining({
        code: 'engine/shape-mismatch',
        message: 'fc1: declares 1,568 inputs but gets 5,408 (its input is [N, 5408])',
      }),
    )
  })

  it.each([
    [
      'channels',
      nn.sequential(nn.conv2d(1, 4, 3), nn.conv2d(3, 4, 3)),
      [1, 8, 8],
      /^layers\.1 \(Conv\): expects 3 input channels, got 4/,
    ],
    [
      'a picture smaller than the kernel',
      nn.sequential(nn.conv2d(1, 4, 9)),
      [1, 8, 8],
      /^layers\.0 \(Conv\): a window of 9 does not fit into 8/,
    ],
    [
      'a pool of a flat value',
      nn.sequential(nn.flatten(), nn.maxPool2d(2)),
      [1, 8, 8],
      /^layers\.1 \(MaxPool\): input 0 needs 4 axes/,
    ],
  ] as const)('%s', (_, model, shape, message) => {
    expect(() => summarise(model, shape)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) }),
    )
  })

  it('says that a layer must be a property', () => {
    class Loose extends nn.Module {
      override forward(x: nn.Value): nn.Value {
        return nn.linear(4, 2).call(x)
      }
    }
    expect(() => summarise(new Loose(), [4])).toThrow(
      expect.objectContaining({
        code: 'engine/bad-options',
        message: expect.stringMatching(/not a property/),
      }),
    )
  })
})

describe('parameters', () => {
  it('are named by property and list position, and start as in PyTorch', () => {
    const state = nn.stateDict(
      nn.initialise(nn.sequential(nn.conv2d(2, 3, 3), nn.flatten(), nn.linear(12, 5, { bias: false })), {
        seed: 1,
      }),
    )
    expect([...state].map(([name, { shape }]) => [name, shape])).toEqual([
      ['layers.0.weight', [3, 2, 3, 3]],
      ['layers.0.bias', [3]],
      ['layers.2.weight', [5, 12]],
    ])
    const largest = (name: string) => Math.max(...state.get(name)!.data.map(Math.abs))
    expect(largest('layers.0.weight')).toBeLessThanOrEqual(1 / Math.sqrt(18))
    expect(largest('layers.0.weight')).toBeGreaterThan(0.8 / Math.sqrt(18))
    expect(largest('layers.2.weight')).toBeLessThanOrEqual(1 / Math.sqrt(12))
  })

  it("start in PyTorch's distributions", () => {
    const state = nn.stateDict(
      nn.initialise(
        nn.sequential(
          nn.embedding(100, 20),
          nn.multiHeadAttention(16, 2),
          nn.lstm(4, 25),
          nn.convTransposed1d(8, 6, 5, { groups: 2 }),
          nn.batchNorm(3),
        ),
        { seed: 1 },
      ),
    )
    const data = (name: string) => [...state.get(`layers.${name}`)!.data]
    const largest = (name: string) => Math.max(...data(name).map(Math.abs))
    const bounds = {
      '1.in_proj_weight': Math.sqrt(6 / 64),
      '1.out_proj.weight': 1 / 4,
      '2.weight_hh_l0': 1 / 5,
    }
    for (const [name, bound] of Object.entries({ ...bounds, '3.weight': 1 / Math.sqrt(15) })) {
      expect(largest(name)).toBeLessThanOrEqual(bound * (1 + 1e-6))
      expect(largest(name)).toBeGreaterThan(0.9 * bound)
    }
    const rows = data('0.weight')
    expect(Math.abs(rows.reduce((a, b) => a + b) / 2000)).toBeLessThan(0.1)
    expect(rows.reduce((a, b) => a + b * b, 0) / 2000).toBeCloseTo(1, 0)
    for (const name of ['1.in_proj_bias', '1.out_proj.bias', '4.bias', '4.running_mean'])
      expect(largest(name)).toBe(0)
    expect([...data('4.weight'), ...data('4.running_var')]).toEqual(Array(6).fill(1))
  })

  it('depend on the seed alone', () => {
    const values = (seed: number) =>
      [...nn.stateDict(nn.initialise(new SimpleCNN(), { seed })).values()].map(({ data }) => data)
    expect(values(1)).toEqual(values(1))
    expect(values(1)).not.toEqual(values(2))
  })

  it('load whole or not at all', () => {
    const model = nn.initialise(nn.linear(2, 2), { seed: 1 })
    const before = nn.stateDict(model)
    const bias = { data: Float32Array.of(1, 2) }
    expect(() => nn.loadStateDict(model, new Map([['bias', bias]]))).toThrow(/missing weight/)
    expect(() =>
      nn.loadStateDict(
        model,
        new Map([
          ['weight', { data: new Float32Array(4) }],
          ['bias', bias],
          ['extra', bias],
        ]),
      ),
    ).toThrow(/unknown extra/)
    expect(() =>
      nn.loadStateDict(
        model,
        new Map([
          ['weight', { data: new Float32Array(3) }],
          ['bias', bias],
        ]),
      ),
    ).toThrow(/weight is \[2, 2\]/)
    expect(nn.stateDict(model)).toEqual(before)
  })

  it('have no values before they are initialised', () => {
    expect(() => nn.stateDict(nn.linear(2, 2))).toThrow(expect.objectContaining({ code: 'engine/bad-state' }))
  })

  it.each([
    () => nn.linear(0, 2),
    () => nn.conv2d(1, 2, 1.5),
    () => nn.conv2d(3, 4, 1, { groups: 2 }),
  ])('refuse impossible sizes', (make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'engine/bad-options' }))
  })
})
