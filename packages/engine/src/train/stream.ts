/** @file Reads the samples of a streamed data set in order, checked as they come. */
import { EngineError } from '../errors.ts'
import { sizeOf } from '../graph/tensor.ts'
import { checkDataset, checkTokens, columnsOf } from './data.ts'
import type { Dataset, Shard, StreamedData } from './dataset.ts'
import { type Columns, columnType, type Fields } from './fields.ts'

export interface StreamReader {
  /** The number of the next sample. */
  readonly at: number
  /** True where a row is at hand; else `more` must be asked first. */
  readonly ready: boolean
  /** Null until the end of the stream was met. */
  readonly count: number | null
  /** Fetches the next shard; false at the end. */
  more(): Promise<boolean>
  /** Up to `limit` samples that are at hand, without copying. They are then read. */
  take(limit: number): { readonly columns: Columns; readonly from: number; readonly rows: number }
  close(): Promise<void>
}

export interface ReaderOptions {
  readonly fields: Fields
  /** For messages: training or validation. */
  readonly name: string
  readonly epoch: number
  readonly skip: number
  readonly vocabulary: number | null
}

const failed = (message: string, hint: string, cause?: unknown): EngineError =>
  new EngineError('engine/data-source', message, hint, { cause })

/**
 * @throws EngineError engine/data-source where the stream fails, ends before its count or gives what it did not
 * declare; engine/bad-data where its samples are wrong
 */
export function readStream(data: StreamedData, o: ReaderOptions): StreamReader {
  const skipped = data.seekable === true ? o.skip : 0
  const limit = data.count ?? Number.POSITIVE_INFINITY
  let iterator: AsyncIterator<Shard> | Iterator<Shard> | null = null
  let current: { columns: Columns; rows: number; read: number } | null = null
  let next = skipped
  let count: number | null = null

  const guarded = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof EngineError) throw cause
      throw failed(
        `the ${o.name} stream failed at sample ${next} of epoch ${o.epoch + 1}: ${cause instanceof Error ? cause.message : String(cause)}`,
        'Look at what the stream reads from; then resume from the last checkpoint.',
        cause,
      )
    }
  }
  const end = async (): Promise<boolean> => {
    current = null
    count = next
    if (iterator !== null && next >= limit) await guarded(() => iterator?.return?.())
    iterator = null
    if (count === 0) {
      throw new EngineError('engine/bad-data', `the ${o.name} data set is empty`, 'Give at least one sample.')
    }
    if (data.count !== undefined && count < data.count) {
      throw failed(
        `the ${o.name} stream ended after ${count} samples of epoch ${o.epoch + 1}, ${data.count} were declared`,
        'Correct its count, or look for the samples that are missing.',
      )
    }
    return false
  }
  const size = sizeOf(data.sampleShape)
  const checked = (shard: Shard): { columns: Columns; rows: number; read: number } | null => {
    const whole = asDataset(data, shard, o)
    if (whole.samples.length === 0 && whole.labels.length === 0) return null
    const rows = checkDataset(whole, o.fields, o.name, next)
    if (o.vocabulary !== null) checkTokens(whole, o.vocabulary, o.name, next)
    return { columns: columnsOf(whole, o.fields), rows, read: 0 }
  }

  const reader: StreamReader = {
    get at() {
      return next
    },
    get ready() {
      return current !== null && next < limit
    },
    get count() {
      return count
    },
    async more() {
      if (count !== null) return false
      if (next >= limit) return end()
      if (iterator === null) {
        iterator = await guarded(() => {
          const opened = data.open({ epoch: o.epoch, skip: skipped })
          return Symbol.asyncIterator in opened ? opened[Symbol.asyncIterator]() : opened[Symbol.iterator]()
        })
      }
      while (current === null) {
        const { value, done } = await guarded(() => iterator!.next())
        if (done === true) return end()
        current = checked(value)
      }
      return true
    },
    take(most) {
      const { columns, rows, read } = current!
      const n = Math.min(most, rows - read, limit - next)
      const from = read
      next += n
      current = read + n < rows ? { columns, rows, read: read + n } : null
      return { columns, from, rows: n }
    },
    async close() {
      const open = iterator
      iterator = null
      current = null
      if (open !== null) await guarded(() => open.return?.())
    },
  }
  if (size <= 0) throw new EngineError('engine/bad-data', 'a sample of no values', 'Correct sampleShape.')
  return reader
}

/** A shard as a data set, with the types that the stream declares. */
function asDataset(data: StreamedData, shard: Shard, { name, fields }: ReaderOptions): Dataset {
  const expect = (what: string, given: unknown, declared: string): void => {
    const found =
      given instanceof Uint8Array || given instanceof Int32Array || given instanceof Float32Array
        ? columnType(given)
        : typeof given
    if (found === declared) return
    throw failed(
      `the ${name} stream declares ${declared} ${what}, but gives ${found}`,
      'Give a Uint8Array, an Int32Array or a Float32Array as declared.',
    )
  }
  if (typeof shard !== 'object' || shard === null) expect('samples', shard, data.sampleType)
  expect('samples', shard.samples, data.sampleType)
  for (const [key, { type }] of Object.entries(data.inputs ?? {})) expect(key, shard.inputs?.[key], type)
  for (const { key } of fields.targets) {
    const given: unknown = key === '' ? shard.labels : shard.targets?.[key]
    if (!(given instanceof Uint8Array || given instanceof Int32Array || given instanceof Float32Array))
      throw failed(
        `the ${name} stream gives no ${key === '' ? 'labels' : `targets ${key}`}`,
        'Give a Uint8Array, an Int32Array or a Float32Array with each shard.',
      )
  }
  const inputs = Object.entries(data.inputs ?? {}).map(
    ([key, { shape }]) => [key, { data: shard.inputs![key]!, shape }] as const,
  )
  return {
    samples: shard.samples,
    labels: shard.labels,
    sampleShape: data.sampleShape,
    inputs: Object.fromEntries(inputs),
    ...(shard.targets ? { targets: shard.targets } : {}),
  }
}
