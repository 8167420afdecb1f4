/** @file Tensors whose bytes lie beside the model: where a reference may point, and what it asks for. */
import { EngineError } from '../errors.ts'

export interface ExternalPart {
  /** A path below the folder of the model, with forward slashes. */
  readonly location: string
  /** In bytes. */
  readonly offset: number
  readonly length: number
}

/** Gives the bytes of a part, or throws a typed error. */
export type ExternalData = (part: ExternalPart) => Uint8Array

const refused = (where: string, what: string): EngineError =>
  new EngineError(
    'engine/bad-model',
    `${where}: ${what}`,
    'Keep the data files in the folder of the model, or save the model as one file.',
  )

/**
 * The part that a tensor refers to (ONNX, docs/ExternalData.md), `length` bytes of it.
 * @throws EngineError engine/bad-model where it would leave the folder or does not fit the tensor
 */
export function externalPart(
  entries: readonly { readonly key: string; readonly value: string }[],
  length: number,
  where: string,
): ExternalPart {
  const { location, offset = '0', length: given } = Object.fromEntries(entries.map((e) => [e.key, e.value]))
  if (location === undefined || location === '')
    throw refused(where, 'its data lies in a file without a name')
  const parts = location.split(/[/\\]/)
  if (
    parts.includes('..') ||
    parts[0] === '' ||
    /^[a-z]:/i.test(location) ||
    location.includes('\\') ||
    location.includes('\0')
  )
    throw refused(where, `its data lies in ${JSON.stringify(location)}, outside the folder of the model`)
  const start = Number(offset)
  if (!Number.isSafeInteger(start) || start < 0) throw refused(where, `the offset ${offset} is not possible`)
  if (given !== undefined && Number(given) !== length)
    throw refused(where, `its shape needs ${length} bytes, the reference has ${given}`)
  return { location, offset: start, length }
}
