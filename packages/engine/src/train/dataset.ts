/** @file What data sets look like: in memory, or streamed because they are larger than it. */

/** Values of many samples, one sample after the other. */
export type Column = Uint8Array | Float32Array | Int32Array
export type ColumnType = 'uint8' | 'int32' | 'float32'

export interface Dataset {
  /** One sample after the other, row-major; kept as it is, not copied. Int32Array: tokens, which stay whole numbers. */
  readonly samples: Column
  /** The targets of each sample, one after the other: class numbers from 0 or values, as the loss takes them. */
  readonly labels: Column
  /** The shape of one sample, such as [1, 28, 28]. */
  readonly sampleShape: readonly number[]
  /** Further inputs of the model, given to forward after the samples in this order: a mask, a second picture, tokens. */
  readonly inputs?: Readonly<Record<string, { readonly data: Column; readonly shape: readonly number[] }>>
  /** Further targets, for a `joint` loss: as `labels`, by name. */
  readonly targets?: Readonly<Record<string, Column>>
}

/** Some samples of a stream, one or many. */
export interface Shard {
  readonly samples: Column
  readonly labels: Column
  readonly inputs?: Readonly<Record<string, Column>>
  readonly targets?: Readonly<Record<string, Column>>
}

/**
 * A data set that is read while training goes on, in the memory of a few batches and the shuffle buffer.
 * @example
 * const data: StreamedData = {
 *   sampleShape: [3, 32, 32], sampleType: 'uint8', count: 50_000,
 *   async *open() { for (const file of files) yield await decode(file) },
 * }
 */
export interface StreamedData {
  readonly sampleShape: readonly number[]
  readonly sampleType: ColumnType
  /** Further inputs of the model, given to forward after the samples in this order. */
  readonly inputs?: Readonly<Record<string, { readonly type: ColumnType; readonly shape: readonly number[] }>>
  /**
   * Samples of an epoch, where known: a stream that goes on longer is left there, one that ends before is an error. A
   * schedule that depends on the number of steps needs it.
   */
  readonly count?: number
  /** `open` begins at the sample that `skip` names without reading what lies before it; else it is asked for 0 alone. */
  readonly seekable?: boolean
  /**
   * The samples of an epoch (from 0), from sample `skip` on. The same epoch must give the same samples each time: a
   * resumed run opens it again. Called for each epoch; its iterator is closed (`return`) when training stops early.
   */
  open(at: { readonly epoch: number; readonly skip: number }): AsyncIterable<Shard> | Iterable<Shard>
}

export const isStream = (data: Dataset | StreamedData): data is StreamedData => 'open' in data
