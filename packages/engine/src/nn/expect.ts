/** @file Refuses sizes that cannot work, naming the layer, what it declares and what it gets. */
import { EngineError } from '../errors.ts'
import { dtypes, showShape } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { type Module, pathOf } from './module.ts'

/** Options that are sizes. @throws EngineError engine/bad-options */
export function positive(layer: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new EngineError(
        'engine/bad-options',
        `${layer}: ${name} must be a whole number from 1, got ${value}`,
        `Correct ${name}.`,
      )
    }
  }
}

/** @throws EngineError engine/bad-options unless `ok` */
export function allow(layer: string, ok: boolean, says: string, hint: string): void {
  if (!ok) throw new EngineError('engine/bad-options', `${layer}: ${says}`, hint)
}

export const nameOf = (module: Module): string => pathOf(module) || module.kind

const count = (n: number | string): string => (typeof n === 'number' ? n.toLocaleString('en-US') : n)

/** Axis `axis` of `x` must have the size that the layer declares. @throws EngineError engine/shape-mismatch */
export function expectSize(
  module: Module,
  x: Value,
  axis: number,
  what: string,
  declared: number,
  hint = 'Change the size that the layer declares, or the layers before it.',
): void {
  const got = x.shape.at(axis) ?? 0
  if (got === declared) return
  throw new EngineError(
    'engine/shape-mismatch',
    `${nameOf(module)}: declares ${count(declared)} ${what} but gets ${count(got)} (its input is ${showShape(x.shape)})`,
    hint,
    { details: { layer: nameOf(module), what, declared, got } },
  )
}

/** @throws EngineError engine/shape-mismatch unless `x` has so many axes */
export function expectRank(module: Module, x: Value, rank: number, form: string): void {
  if (x.shape.length === rank) return
  throw new EngineError(
    'engine/shape-mismatch',
    `${nameOf(module)}: needs ${form}, gets ${showShape(x.shape)}`,
    `Reshape the value to ${rank} axes.`,
    { details: { layer: nameOf(module), what: 'axes', declared: rank, got: x.shape.length } },
  )
}

/** @throws EngineError engine/type-mismatch unless `x` holds whole numbers */
export function expectWhole(module: Module, x: Value): void {
  if (!dtypes[x.dtype].float && x.dtype !== 'bool') return
  throw new EngineError(
    'engine/type-mismatch',
    `${nameOf(module)}: needs whole numbers, gets ${x.dtype}`,
    'Give the samples as an Int32Array.',
  )
}
