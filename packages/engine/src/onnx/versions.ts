/** @file Versions of the ONNX standard: what is written, what is read, what each op set needs. */
import type { Node } from '../graph/types.ts'

/** The one opset of the rules: files of older ones are upgraded to it, and it is written where nothing needs more. */
export const canonicalOpset = 19
export const newestOpset = 26

/** The IR version that ONNX published together with each opset. */
const irVersions: readonly (readonly [opset: number, ir: number])[] = [
  [19, 9],
  [21, 10],
  [23, 11],
  [24, 12],
  [25, 13],
]

export const irVersionOf = (opset: number): number => irVersions.findLast(([from]) => opset >= from)?.[1] ?? 9

/** Ops that came to the standard after the canonical opset, with the opset that brought them. */
const since: Readonly<Record<string, number>> = {
  AffineGrid: 20,
  Gelu: 20,
  Attention: 23,
  RMSNormalization: 23,
  RotaryEmbedding: 23,
  Swish: 24,
}

/** Up to opset 20 a scale belongs to a group, from 21 on to a channel. */
const scalesChannels = ({ op, inputs, attributes }: Node): boolean =>
  op === 'GroupNormalization' && inputs[1]?.shape[0] !== attributes.num_groups

/** The version of the standard that a node needs. */
export const opsetOf = (node: Node): number =>
  scalesChannels(node)
    ? 21
    : node.opaque === undefined
      ? ((Object.hasOwn(since, node.op) ? since[node.op] : undefined) ?? canonicalOpset)
      : node.opaque.domain === ''
        ? node.opaque.version
        : canonicalOpset
