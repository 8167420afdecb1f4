/** @file Hostile files: references out of the folder, functions without end, and thousands of damaged files. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, toBinary } from '@bufbuild/protobuf'
import { afterAll, describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { seeded } from '../random.ts'
import { readModelFile } from './file.ts'
import { ModelProtoSchema } from './onnx.generated.ts'
import { readModel } from './read.ts'
import { writeModel } from './write.ts'

type Node = { opType: string; input: string[]; output: string[]; [more: string]: unknown }

const model = (graph: object, more: object = {}): Uint8Array =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 9n, opsetImport: [{ version: 19n }], graph, ...more }),
  )

const floats = (...sizes: bigint[]) => ({
  value: {
    case: 'tensorType' as const,
    value: {
      elemType: 1,
      shape: { dim: sizes.map((value) => ({ value: { case: 'dimValue' as const, value } })) },
    },
  },
})

const failure = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('data in other files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-onnx-'))
  const inside = join(folder, 'model')
  mkdirSync(join(inside, 'parts'), { recursive: true })
  afterAll(() => rmSync(folder, { recursive: true }))
  const bytes = new Uint8Array(Float32Array.of(9, 1, 2, 3).buffer)
  writeFileSync(join(folder, 'secret'), bytes)
  writeFileSync(join(inside, 'parts', 'weights'), bytes)
  symlinkSync(join(folder, 'secret'), join(inside, 'link'))
  symlinkSync(folder, join(inside, 'up'))

  const read = (entries: Record<string, string>) => {
    const path = join(inside, 'model.onnx')
    writeFileSync(
      path,
      model({
        initializer: [
          {
            name: 'w',
            dims: [3n],
            dataType: 1,
            dataLocation: 1,
            externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
          },
        ],
        output: [{ name: 'w', type: floats(3n) }],
      }),
    )
    return readModelFile(path)
  }

  it('is read from the folder of the model and written into one file', () => {
    const found = read({ location: 'parts/weights', offset: '4', length: '12' })
    expect(found.initialisers.get('w')!.constant!.data).toEqual(Float32Array.of(1, 2, 3))
    const again = readModel(writeModel(found))
    expect(again.initialisers.get('w')!.constant!.data).toEqual(Float32Array.of(1, 2, 3))
  })

  it.each([
    ['a path upwards', { location: '../secret' }, /outside the folder/],
    ['a path upwards in the middle', { location: 'parts/../../secret' }, /outside the folder/],
    ['an absolute path', { location: '/etc/hostname' }, /outside the folder/],
    ['a Windows path', { location: 'C:\\secret' }, /outside the folder/],
    ['a Windows path upwards', { location: '..\\secret' }, /outside the folder/],
    ['a link', { location: 'link' }, /symbolic link/],
    ['a folder that is a link', { location: 'up/secret' }, /symbolic link/],
    ['a folder', { location: 'parts' }, /not a plain file/],
    ['no name', { offset: '0' }, /without a name/],
    ['a missing file', { location: 'nothing' }, /cannot be opened/],
    ['more than the file has', { location: 'parts/weights', offset: '8' }, /ends after 16 bytes/],
    ['a negative offset', { location: 'parts/weights', offset: '-4' }, /offset -4/],
    ['another length', { location: 'parts/weights', length: '99999999999' }, /needs 12 bytes/],
  ])('is refused: %s', (_, entries, message) => {
    const error = failure(() => read(entries))
    expect(error).toBeInstanceOf(EngineError)
    expect((error as EngineError).message).toMatch(message)
  })
})

describe('functions of a file', () => {
  const call = (opType: string, input: string, output: string): Node => ({
    opType,
    domain: 'local',
    input: [input],
    output: [output],
  })
  const file = (functions: object[], opType: string) =>
    model(
      {
        input: [{ name: 'x', type: floats(2n) }],
        node: [{ ...call(opType, 'x', 'y'), attribute: [{ name: 'slope', type: 1, f: 0.25 }] }],
        output: [{ name: 'y', type: floats(2n) }],
      },
      { functions },
    )

  it('are read in the place of their calls, with the attributes of the caller', () => {
    const leaky = {
      name: 'Leaky',
      domain: 'local',
      input: ['a'],
      output: ['c'],
      attribute: ['slope'],
      opsetImport: [{ version: 12n }],
      node: [
        {
          opType: 'LeakyRelu',
          input: ['a'],
          output: ['b'],
          attribute: [{ name: 'alpha', type: 1, refAttrName: 'slope' }],
        },
        {
          opType: 'ReduceSum',
          input: ['b'],
          output: ['c'],
          attribute: [{ name: 'axes', type: 7, ints: [0n] }],
        },
      ],
    }
    const y = readModel(file([leaky], 'Leaky')).outputs[0]!
    expect([y.node?.op, y.shape]).toEqual(['ReduceSum', [1]])
    expect(y.node?.inputs[0]?.node?.attributes).toEqual({ alpha: { float: 0.25 } })
  })

  it.each([
    [
      'that call themselves',
      [{ name: 'A', domain: 'local', input: ['a'], output: ['b'], node: [call('A', 'a', 'b')] }],
      /nested/,
    ],
    [
      'that unfold without end',
      Array.from({ length: 14 }, (_, i) => ({
        name: i === 0 ? 'A' : `A${i}`,
        domain: 'local',
        input: ['a'],
        output: ['b0'],
        node: Array.from({ length: 10 }, (_, j) => call(`A${i + 1}`, 'a', `b${j}`)),
      })),
      /unfold into more than/,
    ],
  ])('are refused: %s', (_, functions, message) => {
    const error = failure(() => readModel(file(functions, 'A')))
    expect(error).toBeInstanceOf(EngineError)
    expect((error as EngineError).message).toMatch(message)
  })
})

describe('damaged files', () => {
  /** Old opsets, subgraphs, unknown types and ops: most of what the reader has to do. */
  const seedFile = (opset: bigint): Uint8Array =>
    model(
      {
        input: [
          { name: 'x', type: floats(2n, 3n, 4n, 4n) },
          { name: 'flag', type: { value: { case: 'tensorType', value: { elemType: 9, shape: {} } } } },
          { name: 'free' },
        ],
        initializer: [
          { name: 'w', dims: [4n, 3n, 1n, 1n], dataType: 1, floatData: Array(12).fill(0.5) },
          { name: 'words', dims: [1n], dataType: 8, stringData: [new Uint8Array([65])] },
        ],
        node: [
          { opType: 'Conv', input: ['x', 'w'], output: ['c'] },
          { opType: 'Shape', input: ['c'], output: ['s'] },
          {
            opType: 'Slice',
            input: ['s'],
            output: ['n'],
            attribute: [
              { name: 'starts', type: 7, ints: [0n] },
              { name: 'ends', type: 7, ints: [1n] },
            ],
          },
          {
            opType: 'Constant',
            output: ['k'],
            attribute: [{ name: 'value', type: 4, t: { dims: [1n], dataType: 7, int64Data: [-1n] } }],
          },
          {
            opType: 'Concat',
            input: ['n', 'k'],
            output: ['to'],
            attribute: [{ name: 'axis', type: 2, i: 0n }],
          },
          { opType: 'Reshape', input: ['c', 'to'], output: ['r'] },
          { opType: 'Softmax', input: ['r'], output: ['p'], attribute: [{ name: 'axis', type: 2, i: 0n }] },
          {
            opType: 'Upsample',
            input: ['x'],
            output: ['u'],
            attribute: [{ name: 'scales', type: 6, floats: [1, 1, 2, 2] }],
          },
          { opType: 'Mystery', domain: 'com.example', input: ['free', ''], output: ['m', ''] },
          {
            opType: 'If',
            input: ['flag'],
            output: ['i'],
            attribute: ['then_branch', 'else_branch'].map((name) => ({
              name,
              type: 5,
              g: {
                node: [{ opType: 'Neg', input: ['p'], output: [`${name}.o`] }],
                output: [{ name: `${name}.o` }],
              },
            })),
          },
        ],
        output: [{ name: 'i' }, { name: 'u' }, { name: 'm' }],
      },
      { opsetImport: [{ version: opset }, { domain: 'com.example', version: 1n }] },
    )

  it.each([
    7n,
    9n,
    13n,
  ])('of opset %i: truncated, altered, cut and doubled, a graph that can be written or a typed error', (opset) => {
    const whole = seedFile(opset)
    const random = seeded(11, Number(opset))
    const below = (n: number) => Math.floor(random() * n)
    const started = performance.now()
    for (let i = 0; i < 2000; i++) {
      let bytes = whole.slice()
      const kind = below(4)
      if (kind === 0) bytes = bytes.slice(0, below(bytes.length))
      else if (kind === 1) for (let n = below(8); n >= 0; n--) bytes[below(bytes.length)]! ^= 1 << below(8)
      else if (kind === 2) bytes[below(bytes.length)] = [0, 127, 128, 255][below(4)]!
      else bytes.copyWithin(below(bytes.length), below(bytes.length), below(bytes.length))
      const result = failure(() => writeModel(readModel(bytes)))
      if (result instanceof Error && !(result instanceof EngineError))
        throw new Error(`case ${i} of kind ${kind}: ${result.stack}`)
    }
    expect(performance.now() - started).toBeLessThan(30_000)
  })

  it('a chain of 20,000 nodes in reverse order is read', () => {
    const node = Array.from({ length: 20_000 }, (_, i) => ({
      opType: 'Neg',
      input: [i === 0 ? 'x' : `v${i}`],
      output: [`v${i + 1}`],
    })).reverse()
    const read = readModel(
      model({ input: [{ name: 'x', type: floats(1n) }], node, output: [{ name: 'v20000' }] }),
    )
    expect(read.outputs[0]!.shape).toEqual([1])
  })

  it('a node with 200,000 inputs gives a graph or a typed error', () => {
    const many = Array<string>(200_000).fill('x')
    const bytes = model({
      input: [{ name: 'x', type: floats(1n) }],
      node: [{ opType: 'Concat', input: many, output: ['y'], attribute: [{ name: 'axis', type: 2, i: 0n }] }],
      output: [{ name: 'y' }],
    })
    const result = failure(() => readModel(bytes))
    expect(!(result instanceof Error) || result instanceof EngineError).toBe(true)
  })

  it('attributes nested thousands deep are refused', () => {
    let graph: object = { node: [] }
    for (let i = 0; i < 300; i++)
      graph = {
        node: [{ opType: 'If', output: ['y'], attribute: [{ name: 'then_branch', type: 5, g: graph }] }],
      }
    const error = failure(() => readModel(model(graph)))
    expect(error).toBeInstanceOf(EngineError)
  })
})

describe('sizes that no memory holds', () => {
  const numbers = (name: string, ...values: bigint[]) => ({
    name,
    dims: [BigInt(values.length)],
    dataType: 7,
    int64Data: values,
  })
  const scalar = (name: string, value: bigint) => ({ name, dims: [], dataType: 7, int64Data: [value] })
  const file = (node: Node, initializer: object[], sizes: bigint[] = [2n, 3n]) =>
    model({
      input: [{ name: 'x', type: floats(...sizes) }],
      initializer,
      node: [node],
      output: [{ name: 'y' }],
    })
  const ints = (name: string, ...values: bigint[]) => ({ name, type: 7, ints: values })
  const int = (name: string, i: bigint) => ({ name, type: 2, i })
  const huge = 2n ** 20n

  it.each<[string, Uint8Array]>([
    [
      'ConstantOfShape',
      file({ opType: 'ConstantOfShape', input: ['s'], output: ['y'] }, [numbers('s', huge, huge)]),
    ],
    [
      'a negative ConstantOfShape',
      file({ opType: 'ConstantOfShape', input: ['s'], output: ['y'] }, [numbers('s', -5n)]),
    ],
    [
      'Expand',
      file({ opType: 'Expand', input: ['x', 's'], output: ['y'] }, [numbers('s', huge, huge, 1n, 1n)]),
    ],
    ['Tile', file({ opType: 'Tile', input: ['x', 's'], output: ['y'] }, [numbers('s', huge, huge)])],
    [
      'Range',
      file({ opType: 'Range', input: ['a', 'b', 'c'], output: ['y'] }, [
        scalar('a', 0n),
        scalar('b', 2n ** 50n),
        scalar('c', 1n),
      ]),
    ],
    [
      'a Range that never ends',
      file({ opType: 'Range', input: ['a', 'b', 'c'], output: ['y'] }, [
        scalar('a', 0n),
        scalar('b', 5n),
        scalar('c', 0n),
      ]),
    ],
    ['Pad', file({ opType: 'Pad', input: ['x', 's'], output: ['y'] }, [numbers('s', 0n, huge, huge, huge)])],
    [
      'Resize',
      file({ opType: 'Resize', input: ['x', '', '', 's'], output: ['y'] }, [numbers('s', huge, huge)]),
    ],
    [
      'OneHot',
      file({ opType: 'OneHot', input: ['i', 'd', 'v'], output: ['y'] }, [
        numbers('i', 1n, 2n),
        scalar('d', 2n ** 40n),
        numbers('v', 0n, 1n),
      ]),
    ],
    [
      'RandomNormal',
      file({ opType: 'RandomNormal', input: [], output: ['y'], attribute: [ints('shape', huge, huge)] }, []),
    ],
    [
      'MatMul of vectors as wide',
      file({ opType: 'MatMul', input: ['x', 'x'], output: ['y'] }, [], [2n ** 26n, 2n ** 26n]),
    ],
    [
      'a Conv with more padding than numbers',
      file(
        {
          opType: 'Conv',
          input: ['x', 'w'],
          output: ['y'],
          attribute: [ints('pads', 2n ** 52n, 2n ** 52n, 2n ** 52n, 2n ** 52n)],
        },
        [{ name: 'w', dims: [1n, 1n, 1n, 1n], dataType: 1, floatData: [1] }],
        [1n, 1n, 4n, 4n],
      ),
    ],
    [
      'a Scan over 2^33 sequences',
      file(
        {
          opType: 'Scan',
          input: ['x'],
          output: ['y'],
          attribute: [
            int('num_scan_inputs', 2n ** 33n),
            { name: 'body', type: 5, g: { input: [{ name: 'r' }], output: [{ name: 'r' }] } },
          ],
        },
        [],
      ),
    ],
    [
      'a Scan over fewer than none',
      file(
        {
          opType: 'Scan',
          input: ['x'],
          output: ['y'],
          attribute: [
            int('num_scan_inputs', -3n),
            { name: 'body', type: 5, g: { input: [{ name: 'r' }], output: [{ name: 'r' }] } },
          ],
        },
        [],
      ),
    ],
    [
      'a tensor of 2^40 values that the file does not have',
      model({ initializer: [{ name: 'w', dims: [2n ** 40n], dataType: 1 }], output: [{ name: 'w' }] }),
    ],
  ])('are refused before anything is allocated: %s', (_, bytes) => {
    const before = process.memoryUsage().rss
    const error = failure(() => readModel(bytes))
    expect(error).toBeInstanceOf(EngineError)
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28)
  })

  it('are refused together where each alone would pass', () => {
    const count = 8
    const bytes = model({
      initializer: [numbers('s', 2n ** 27n)],
      node: Array.from({ length: count + 1 }, (_, i) => ({
        opType: 'ConstantOfShape',
        input: ['s'],
        output: [`y${i}`],
        attribute: [{ name: 'value', type: 4, t: { dims: [1n], dataType: 1, floatData: [i] } }],
      })),
      output: Array.from({ length: count + 1 }, (_, i) => ({ name: `y${i}` })),
    })
    expect(failure(() => readModel(bytes))).toMatchObject({
      code: 'engine/bad-model',
      message: expect.stringMatching(/unfold into/),
    })
  })

  it('names that are defined twice, and inputs that are missing, are named', () => {
    const twice = model({
      input: [{ name: 'x', type: floats(1n) }],
      node: [
        { opType: 'Neg', input: ['x'], output: ['y'] },
        { opType: 'Abs', input: ['x'], output: ['y'] },
      ],
      output: [{ name: 'y' }],
    })
    expect(failure(() => readModel(twice))).toMatchObject({
      message: expect.stringMatching(/y is defined twice/),
    })
    const missing = file({ opType: 'Neg', input: ['z'], output: ['y'] }, [])
    expect(failure(() => readModel(missing))).toMatchObject({ message: expect.stringMatching(/reads z/) })
  })
})
