/** @file Points of a curve as bytes: three columns of doubles. */

/** One logged value; `at` in milliseconds since 1970. */
export interface Point {
  at: number
  step: number
  value: number
}

/** The same, in columns of one length. */
export interface Columns {
  at: Float64Array
  step: Float64Array
  value: Float64Array
}

export function encode(points: readonly Point[]): Uint8Array {
  const n = points.length
  const all = new Float64Array(3 * n)
  for (let i = 0; i < n; i++) {
    const { at, step, value } = points[i]!
    all[i] = at
    all[n + i] = step
    all[2 * n + i] = value
  }
  return Buffer.from(all.buffer)
}

export function encodeColumns({ at, step, value }: Columns): Uint8Array {
  const n = at.length
  const all = new Float64Array(3 * n)
  all.set(at)
  all.set(step, n)
  all.set(value, 2 * n)
  return Buffer.from(all.buffer)
}

/** @param chunks as a database gives them; their points follow each other in the result */
export function decode(chunks: readonly (Uint8Array | ArrayBuffer)[]): Columns {
  const lengths = chunks.map(({ byteLength }) => byteLength / 24)
  const total = lengths.reduce((a, b) => a + b, 0)
  const at = new Float64Array(total)
  const step = new Float64Array(total)
  const value = new Float64Array(total)
  let from = 0
  chunks.forEach((chunk, i) => {
    const n = lengths[i]!
    const all = doubles(chunk)
    at.set(all.subarray(0, n), from)
    step.set(all.subarray(n, 2 * n), from)
    value.set(all.subarray(2 * n), from)
    from += n
  })
  return { at, step, value }
}

function doubles(chunk: Uint8Array | ArrayBuffer): Float64Array {
  if (chunk instanceof ArrayBuffer) return new Float64Array(chunk)
  const { buffer, byteOffset, byteLength } = chunk
  // a view must start at a multiple of its element's size
  return byteOffset % 8 === 0
    ? new Float64Array(buffer, byteOffset, byteLength / 8)
    : new Float64Array(chunk.slice().buffer)
}

/** The points in ascending order of one column, then of the instant; as they are when they are sorted already. */
export function sortColumns(columns: Columns, by: 'step' | 'at'): Columns {
  const keys = columns[by]
  const second = by === 'step' ? columns.at : columns.step
  const before = (i: number, j: number) =>
    keys[i]! - keys[j]! || second[i]! - second[j]! || columns.value[i]! - columns.value[j]!
  let sorted = true
  for (let i = 1; i < keys.length && sorted; i++) {
    sorted = keys[i - 1]! < keys[i]! || (keys[i - 1] === keys[i] && second[i - 1]! <= second[i]!)
  }
  if (sorted) return columns
  const order = Uint32Array.from(keys, (_, i) => i).sort((i, j) => before(i, j) || i - j)
  const pick = (column: Float64Array) => Float64Array.from(order, (i) => column[i]!)
  return { at: pick(columns.at), step: pick(columns.step), value: pick(columns.value) }
}
