/** @file Finds samples that stand in more than one split. */
import { type Message, message } from '../messages/message.ts'

export type Leak = { from: string; into: string; count: number; message: Message }

/** 53-bit hash of each fixed-size sample (cyrb53); equal samples are equal, others differ but for 1 in 2^53. */
export const sampleHashes = (samples: Uint8Array, size: number): number[] => {
  const hashes: number[] = []
  for (let start = 0; start + size <= samples.length; start += size) {
    let a = 0xdeadbeef
    let b = 0x41c6ce57
    for (let i = start; i < start + size; i++) {
      const byte = samples[i]!
      a = Math.imul(a ^ byte, 2654435761)
      b = Math.imul(b ^ byte, 1597334677)
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
    hashes.push(4294967296 * (2097151 & b) + (a >>> 0))
  }
  return hashes
}

/** For each pair of splits, how many samples of the later one also stand in the earlier one. */
export const findLeaks = (splits: Readonly<Record<string, readonly (string | number)[]>>): Leak[] => {
  const named = Object.entries(splits).map(([name, hashes]) => ({ name, hashes, set: new Set(hashes) }))
  return named.flatMap((earlier, i) =>
    named.slice(i + 1).flatMap((later) => {
      const count = later.hashes.filter((hash) => earlier.set.has(hash)).length
      if (count === 0) return []
      const values = { from: earlier.name, into: later.name, count }
      return [{ ...values, message: message('dataset.leak', values) }]
    }),
  )
}
