/** @file What every runtime must do, as cases that run in Node and in browsers alike. */
import { EngineError } from '../errors.ts'
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import type { DType, Tensor } from '../graph/tensor.ts'
import { writeModel } from '../onnx/write.ts'
import type { ProviderChoice, Runtime, Session } from './session.ts'

export interface RuntimeOptions {
  readonly placement?: boolean
}

export interface RuntimeCase {
  readonly name: string
  run(make: (options?: RuntimeOptions) => Runtime, asked: ProviderChoice): Promise<void>
}

/** Fails with both values: there is no test framework in a browser's worker. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const show = (value: unknown): string =>
    JSON.stringify(value, (_, v) =>
      typeof v === 'bigint'
        ? `${v}n`
        : ArrayBuffer.isView(v)
          ? { [v.constructor.name]: [...(v as Uint8Array)] }
          : v,
    )
  if (show(actual) !== show(expected)) throw new Error(`${what}: ${show(actual)}, expected ${show(expected)}`)
}

function doubled(dtype: DType = 'float32'): Uint8Array {
  const graph = newGraph()
  const x = graph.input('x', dtype, ['N'])
  const g = ops(graph)
  return writeModel({
    graph,
    inputs: [x],
    outputs: [g.add(x, x), g.mul(x, x)],
    outputNames: ['twice', 'square'],
  })
}

/** The same bytes: an identity for every type of element. */
function identity(dtype: DType): Uint8Array {
  const graph = newGraph()
  const x = graph.input('x', dtype, ['N'])
  return writeModel({ graph, inputs: [x], outputs: [ops(graph).reshape(x, [-1, 1])], outputNames: ['y'] })
}

const floats = (...values: number[]): Tensor => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
})

async function refused(work: Promise<unknown>, what: string): Promise<void> {
  const error = await work.then(
    () => null,
    (e: unknown) => e,
  )
  if (!(error instanceof EngineError)) throw new Error(`${what}: ${String(error)}, expected an EngineError`)
  same(error.code, 'engine/runtime', what)
}

async function using(session: Promise<Session>, work: (session: Session) => Promise<void>): Promise<void> {
  const opened = await session
  try {
    await work(opened)
  } finally {
    await opened.release()
  }
}

const tensors: readonly Tensor[] = [
  floats(1.5, -0, 3e38),
  { dtype: 'int32', shape: [3], data: Int32Array.of(1, -2, 2 ** 31 - 1) },
  { dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, -(2n ** 62n)) },
  { dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 7, 255) },
  { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) },
]

export const runtimeCases: readonly RuntimeCase[] = [
  {
    name: 'runs a graph and names its inputs and outputs',
    run: (make) =>
      using(make().createSession(doubled()), async (session) => {
        same(session.inputNames, ['x'], 'inputs')
        same(session.outputNames, ['twice', 'square'], 'outputs')
        const { twice, square } = await session.run({ x: floats(1, 2, 3) })
        same(twice, floats(2, 4, 6), 'twice')
        same(square, floats(1, 4, 9), 'square')
      }),
  },
  {
    name: 'takes batches of any size, none included',
    run: (make) =>
      using(make().createSession(doubled()), async (session) => {
        for (const values of [[1], [1, 2, 3, 4, 5], [], [7, 8]])
          same(
            (await session.run({ x: floats(...values) })).twice,
            floats(...values.map((v) => 2 * v)),
            `${values.length} values`,
          )
      }),
  },
  {
    name: 'keeps every type of element',
    async run(make) {
      for (const x of tensors)
        await using(make().createSession(identity(x.dtype)), async (session) => {
          same((await session.run({ x })).y, { ...x, shape: [...x.shape, 1] }, x.dtype)
        })
    },
  },
  {
    name: 'returns only what is fetched',
    run: (make) =>
      using(make().createSession(doubled()), async (session) => {
        same(Object.keys(await session.run({ x: floats(1) }, ['square'])), ['square'], 'outputs')
      }),
  },
  {
    name: 'runs many sessions at a time, and one many times at a time',
    run: (make) =>
      using(make().createSession(doubled()), (first) =>
        using(make().createSession(doubled('int32')), async (second) => {
          const results = await Promise.all(
            [1, 2, 3, 4].map(async (v) => [
              (await first.run({ x: floats(v) })).twice!.data[0],
              (await second.run({ x: { dtype: 'int32', shape: [1], data: Int32Array.of(v) } })).square!
                .data[0],
            ]),
          )
          same(
            results,
            [1, 2, 3, 4].map((v) => [2 * v, v * v]),
            'results',
          )
        }),
      ),
  },
  {
    name: 'refuses bytes that are no graph',
    run: async (make) => {
      await refused(make().createSession(new Uint8Array(20)), 'zeros')
      await refused(make().createSession(doubled().subarray(0, 60)), 'half a file')
    },
  },
  {
    name: 'refuses inputs that do not fit, and goes on',
    run: (make) =>
      using(make().createSession(doubled()), async (session) => {
        const used = session.provider.used
        await refused(
          session.run({ x: { dtype: 'int32', shape: [1], data: Int32Array.of(1) } }),
          'another type',
        )
        await refused(session.run({}), 'nothing')
        await refused(session.run({ x: { ...floats(1, 2), shape: [1, 2] } }), 'another rank')
        await refused(session.run({ x: { ...floats(1, 2), shape: [3] } }), 'less data than its shape says')
        same((await session.run({ x: floats(4) })).twice, floats(8), 'after that')
        same(session.provider.used, used, 'the provider')
      }),
  },
  {
    name: 'says what is used and why not the others',
    run: (make, asked) =>
      using(make().createSession(doubled()), async ({ provider }) => {
        same(provider.asked, asked, 'asked')
        same(
          [provider.used, ...provider.notUsed.map((each) => each.provider)].sort(),
          ['cpu', 'cuda', 'webgpu'],
          'every provider once',
        )
        for (const { detail } of provider.notUsed)
          if (!/^[A-Z].*\.$/s.test(detail)) throw new Error(`no sentence: ${detail}`)
        same(
          provider.reason === null,
          asked === 'auto' || asked === provider.used,
          'a reason where it differs',
        )
      }),
  },
  {
    name: 'tells which op ran where, from the runs themselves',
    async run(make) {
      await using(make().createSession(doubled()), async (session) => {
        same(await session.placement(), null, 'not recorded')
      })
      await using(make({ placement: true }).createSession(doubled()), async (session) => {
        for (let i = 0; i < 3; i++) await session.run({ x: floats(1, 2) })
        const placement = (await session.placement())!.filter(({ op }) => !op.startsWith('Memcpy'))
        same(
          placement.map(({ op, runs, provider }) => [op, runs, provider]).sort(),
          [
            ['Add', 3, session.provider.used],
            ['Mul', 3, session.provider.used],
          ],
          'placement',
        )
        same((await session.run({ x: floats(1) })).twice, floats(2), 'after recording')
      })
    },
  },
]
