/** @file PyTorch as one process that answers many cases, and how its answers are compared. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import {
  type DType,
  numbersOf,
  sizeOf,
  type Tensor,
  tensor,
} from '../../../packages/engine/src/graph/tensor.ts'
import { type Random, seeded } from '../../../packages/engine/src/random.ts'

/** Debian's interpreter, which sees its python3-torch. */
const python = '/usr/bin/python3'

/** A tensor as PyTorch gives it. */
export interface Answer {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

export interface Oracle {
  /** @throws Error with PyTorch's message */
  ask<T>(request: Readonly<Record<string, unknown>>): Promise<T>
  close(): void
}

/** Starts PyTorch; answers come in the order of the questions. */
export function oracle(): Oracle {
  if (!existsSync(python)) throw new Error(`${python} is missing: apt-get install python3-torch`)
  const child: ChildProcessWithoutNullStreams = spawn(python, [join(import.meta.dirname, 'oracle.py')])
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = []
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  child.on('exit', (code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`PyTorch ended with ${code}: ${said}`))
  })
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line))
  return {
    async ask<T>(request: Readonly<Record<string, unknown>>): Promise<T> {
      const line = await new Promise<string>((resolve, reject) => {
        waiting.push({ resolve, reject })
        child.stdin.write(`${JSON.stringify(request)}\n`)
      })
      const result = JSON.parse(line) as T & { error?: string }
      if (result.error !== undefined) throw new Error(`PyTorch: ${result.error}`)
      return result
    },
    close: () => child.stdin.end(),
  }
}

/** A tensor as PyTorch takes it. */
export const asked = ({ dtype, shape, data }: Tensor) => ({
  dtype,
  shape,
  data: numbersOf({ dtype, shape, data }),
})

/** Seeded random sizes and values. */
export interface Chance {
  readonly random: Random
  /** A whole number from `low` to `high`. */
  size(low: number, high: number): number
  values(shape: readonly number[], low?: number, high?: number): Tensor
  /** Whole numbers below `end`. */
  whole(shape: readonly number[], end: number, from?: number, dtype?: DType): Tensor
}

export function chance(seed: number): Chance {
  const random = seeded(seed, 77)
  const list = (shape: readonly number[], draw: () => number) => Array.from({ length: sizeOf(shape) }, draw)
  const size = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1))
  return {
    random,
    size,
    values: (shape, low = -1, high = 1) =>
      tensor(
        'float32',
        shape,
        list(shape, () => low + (high - low) * random()),
      ),
    whole: (shape, end, from = 0, dtype = 'int32') =>
      tensor(
        dtype,
        shape,
        list(shape, () => size(from, end - 1)),
      ),
  }
}

/** Equal shapes, and values within 1e-4 of the largest. */
export function expectNear(what: string, actual: Tensor | undefined, expected: Answer | null): void {
  expect(actual?.shape, what).toEqual(expected?.shape)
  const values = numbersOf(actual!)
  const scale = Math.max(1e-6, ...expected!.data.map(Math.abs))
  const worst = values.reduce((most, v, i) => Math.max(most, Math.abs(v - expected!.data[i]!)), 0)
  expect(values.every(Number.isFinite), `${what} is finite`).toBe(true)
  expect(worst / scale, what).toBeLessThan(1e-4)
}
