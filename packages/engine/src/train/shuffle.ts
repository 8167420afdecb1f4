/** @file The order in which a stream's samples are trained on: a seeded buffer that each sample is drawn from. */

import type { Random } from '../random.ts'
import type { Column } from './dataset.ts'
import { type Fields, newColumns, sizesOf } from './fields.ts'
import type { StreamReader } from './stream.ts'

/** Writes the next samples of an epoch, in training order, into columns. */
export interface RowSource {
  /** Writes up to `rows` samples from row `at` on, and their numbers in the stream; fewer at the end alone. */
  fill(into: Record<string, Column>, numbers: Int32Array, at: number, rows: number): Promise<number>
  close(): Promise<void>
}

const copyRows = (
  sizes: ReadonlyMap<string, number>,
  from: Readonly<Record<string, Column>>,
  row: number,
  to: Record<string, Column>,
  at: number,
  rows = 1,
): void => {
  for (const [name, size] of sizes)
    to[name]!.set(from[name]!.subarray(row * size, (row + rows) * size), at * size)
}

/** In the order of the stream. */
export function inOrder(reader: StreamReader, fields: Fields, skip: number): RowSource {
  const sizes = sizesOf(fields)
  return {
    async fill(into, numbers, at, rows) {
      let done = 0
      while (done < rows && (reader.ready || (await reader.more()))) {
        const number = reader.at
        const part = reader.take(number < skip ? skip - number : rows - done)
        if (number < skip) continue
        copyRows(sizes, part.columns, part.from, into, at + done, part.rows)
        for (let i = 0; i < part.rows; i++) numbers[at + done + i] = number + i
        done += part.rows
      }
      return done
    },
    close: () => reader.close(),
  }
}

/**
 * A buffer of `capacity` samples: each draw takes a random one and puts the stream's next one in its place, so that a
 * sample moves forward by at most the capacity. The order depends on the random numbers, the capacity and the length of
 * the stream alone: `skip` draws are made without their samples, so that a resumed run holds the same buffer.
 */
export function shuffled(
  o: {
    readonly fields: Fields
    readonly capacity: number
    readonly random: () => Random
    readonly skip: number
    /** The length of the stream, where it is known. */
    readonly count: number | null
  },
  open: (skip: number) => StreamReader,
): RowSource {
  const sizes = sizesOf(o.fields)
  let buffer: Drawn | null = null

  const start = async (length: number | null): Promise<Drawn> => {
    const draws = drawing(o.capacity, length ?? Number.POSITIVE_INFINITY, o.random())
    for (let i = 0; i < o.skip; i++) if (draws.draw() === null) break
    const slotOf = new Map<number, number>()
    for (let slot = 0; slot < draws.filled; slot++) slotOf.set(draws.numbers[slot]!, slot)
    const first = [...slotOf.keys()].reduce((a, b) => Math.min(a, b), draws.next)
    const reader = open(first)
    const rows = newColumns(o.fields, Math.min(o.capacity, length ?? o.capacity))
    while (reader.at < draws.next && (reader.ready || (await reader.more()))) {
      const number = reader.at
      const part = reader.take(draws.next - number)
      for (let i = 0; i < part.rows; i++) {
        const slot = slotOf.get(number + i)
        if (slot !== undefined) copyRows(sizes, part.columns, part.from + i, rows, slot)
      }
    }
    // The stream was shorter than was taken for granted: now its length is known.
    if (reader.at < draws.next) return start(reader.count)
    return { draws, reader, rows }
  }

  return {
    async fill(into, numbers, at, rows) {
      buffer ??= await start(o.count)
      const { draws, reader, rows: held } = buffer
      for (let i = 0; i < rows; i++) {
        if (!reader.ready && reader.count === null && !(await reader.more())) {
          draws.ends(reader.count!)
        }
        const drawn = draws.draw()
        if (drawn === null) return i
        copyRows(sizes, held, drawn.slot, into, at + i)
        numbers[at + i] = drawn.number
        if (drawn.from === 'stream') {
          const part = reader.take(1)
          copyRows(sizes, part.columns, part.from, held, drawn.slot)
        } else if (drawn.from !== drawn.slot) copyRows(sizes, held, drawn.from, held, drawn.slot)
      }
      return rows
    },
    close: async () => buffer?.reader.close(),
  }
}

interface Drawn {
  readonly draws: Drawing
  readonly reader: StreamReader
  readonly rows: Record<string, Column>
}

interface Drawing {
  readonly numbers: Int32Array
  readonly filled: number
  /** The number of the next sample of the stream. */
  readonly next: number
  /** The stream has no more than so many samples. */
  ends(count: number): void
  /** Which slot is taken, and where what takes its place comes from: the stream, or the last slot. Null at the end. */
  draw(): { readonly slot: number; readonly number: number; readonly from: 'stream' | number } | null
}

/** The buffer's bookkeeping alone, in sample numbers. */
function drawing(capacity: number, length: number, random: Random): Drawing {
  let end = length
  let filled = Math.min(capacity, end)
  let next = filled
  const numbers = Int32Array.from({ length: filled }, (_, i) => i)
  return {
    numbers,
    get filled() {
      return filled
    },
    get next() {
      return next
    },
    ends(count) {
      end = count
    },
    draw() {
      if (filled === 0) return null
      const slot = Math.floor(random() * filled)
      const number = numbers[slot]!
      if (next < end) {
        numbers[slot] = next++
        return { slot, number, from: 'stream' }
      }
      filled--
      numbers[slot] = numbers[filled]!
      return { slot, number, from: filled }
    },
  }
}
