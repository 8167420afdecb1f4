/** @file The ONNX project's test models: read, written back and run, they give what they gave before. */
import { isDeepStrictEqual } from 'node:util'
import { EngineError, readModel, writeModel } from '@capstan/engine'
import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { type TestModel, testModels } from './models.ts'

/** What was reached; a change that loses models fails. */
const reached = { models: 1072, same: 980, expected: 37, failed: 0 }

type Outcome =
  | { kind: 'same' }
  /** onnxruntime-node does not run the original, but what was written, with the expected outputs. */
  | { kind: 'expected' }
  /** Read and written; onnxruntime-node runs neither, or cannot be given the inputs. */
  | { kind: 'not run'; why: string }
  | { kind: 'failed'; why: string }

test('every model gives the same outputs after reading and writing', { timeout: 600_000 }, async () => {
  const outcomes = new Map<string, Outcome>()
  for (const model of testModels()) outcomes.set(model.name, await outcomeOf(model))
  const of = (kind: Outcome['kind']) => [...outcomes].filter(([, o]) => o.kind === kind)
  const lines = [
    `${outcomes.size} models: ${of('same').length} same outputs, ${of('expected').length} the expected ones where the original does not run, ${of('not run').length} read and written but run neither way, ${of('failed').length} failed`,
    ...byReason(of('failed')),
    ...byReason(of('not run')),
  ]
  console.log(lines.join('\n'))
  expect(outcomes.size).toBeGreaterThanOrEqual(reached.models)
  expect(of('same').length).toBeGreaterThanOrEqual(reached.same)
  expect(of('expected').length).toBeGreaterThanOrEqual(reached.expected)
  expect(of('failed').length).toBeLessThanOrEqual(reached.failed)
})

function byReason(list: readonly (readonly [string, Outcome])[]): string[] {
  const reasons = new Map<string, string[]>()
  for (const [name, outcome] of list) {
    const reason = `${outcome.kind}: ${'why' in outcome ? outcome.why : ''}`
    reasons.set(reason, [...(reasons.get(reason) ?? []), name])
  }
  return [...reasons].map(([reason, names]) => `${names.length}  ${reason}  (${names.join(', ')})`)
}

async function outcomeOf(model: TestModel): Promise<Outcome> {
  let written: Uint8Array
  try {
    written = writeModel(readModel(model.bytes))
  } catch (error) {
    const typed = error instanceof EngineError ? error.code : 'untyped'
    return { kind: 'failed', why: `${typed}: ${first(error)}` }
  }
  const before = await run(model.bytes, model)
  const after = await run(written, model)
  if (typeof before === 'string') {
    if (typeof after === 'string' || model.expected.includes(null)) return { kind: 'not run', why: before }
    const difference = differ(model.expected as Outputs, after.slice(0, model.expected.length))
    return difference === null
      ? { kind: 'expected' }
      : { kind: 'failed', why: `not as expected: ${difference}` }
  }
  if (typeof after === 'string') return { kind: 'failed', why: after }
  const difference = differ(before, after)
  return difference === null ? { kind: 'same' } : { kind: 'failed', why: difference }
}

type Outputs = readonly ort.Tensor[]

/** The outputs in the model's order, or why there are none. */
async function run(bytes: Uint8Array, { inputs }: TestModel): Promise<Outputs | string> {
  let session: ort.InferenceSession
  try {
    session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4 })
  } catch (error) {
    return `does not load: ${first(error)}`
  }
  try {
    if (inputs.includes(null)) return 'inputs that are not tensors'
    const feeds = Object.fromEntries(
      session.inputNames.slice(0, inputs.length).map((n, i) => [n, inputs[i]!]),
    )
    const results = await session.run(feeds)
    return session.outputNames.map((name) => results[name]!)
  } catch (error) {
    return `does not run: ${first(error)}`
  } finally {
    await session.release()
  }
}

function differ(before: Outputs, after: Outputs): string | null {
  if (before.length !== after.length) return 'another number of outputs'
  for (const [i, a] of before.entries()) {
    const b = after[i]!
    if (a.type !== b.type || !isDeepStrictEqual(a.dims, b.dims))
      return `output ${i} has another type or shape`
    if (!same(a.data, b.data)) return `output ${i} has other values`
  }
  return null
}

function same(a: ort.Tensor['data'], b: ort.Tensor['data']): boolean {
  if (a instanceof Float32Array || a instanceof Float64Array) {
    const other = b as Float32Array
    return a.every((v, i) => {
      const w = other[i]!
      return Object.is(v, w) || v === w || Math.abs(v - w) <= 1e-6 + 1e-5 * Math.abs(v)
    })
  }
  return isDeepStrictEqual(a, b)
}

const first = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 150)
