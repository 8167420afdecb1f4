/** @file Attributes to and from AttributeProto; kinds that only opaque nodes have are carried as they are. */
import { create } from '@bufbuild/protobuf'
import type { Attribute, Subgraph } from '../graph/types.ts'
import type { ExternalData } from './external.ts'
import { type AttributeProto, AttributeProtoSchema, type GraphProto } from './onnx.generated.ts'
import { completeTensor, isKnownType, readTensor, writeTensor } from './tensors.ts'

export function readAttribute(
  a: AttributeProto,
  where: string,
  external: ExternalData | undefined,
  subgraph: (proto: GraphProto) => Subgraph,
): Attribute {
  switch (a.type) {
    case 1:
      return { float: a.f }
    case 2:
      return safe(a.i) ? Number(a.i) : { raw: a }
    case 3:
      return isText(a.s) ? new TextDecoder().decode(a.s) : { raw: a }
    case 4:
      if (a.t === undefined) break
      return isKnownType(a.t)
        ? readTensor(a.t, where, external)
        : { raw: { ...a, t: completeTensor(a.t, where, external) } }
    case 5:
      if (a.g === undefined) break
      return subgraph(a.g)
    case 6:
      return { floats: a.floats }
    case 7:
      return a.ints.every(safe) ? a.ints.map(Number) : { raw: a }
    default:
  }
  return { raw: a }
}

export function writeAttribute(
  name: string,
  a: Attribute,
  subgraph: (body: Subgraph) => GraphProto,
): AttributeProto {
  const base = { name }
  if (typeof a === 'number') return create(AttributeProtoSchema, { ...base, type: 2, i: BigInt(a) })
  if (typeof a === 'string')
    return create(AttributeProtoSchema, { ...base, type: 3, s: new TextEncoder().encode(a) })
  if (Array.isArray(a)) return create(AttributeProtoSchema, { ...base, type: 7, ints: a.map(BigInt) })
  const o = a as Exclude<Attribute, number | string | readonly number[]>
  if ('raw' in o) return o.raw as AttributeProto
  if ('float' in o) return create(AttributeProtoSchema, { ...base, type: 1, f: o.float })
  if ('floats' in o) return create(AttributeProtoSchema, { ...base, type: 6, floats: [...o.floats] })
  if ('graph' in o) return create(AttributeProtoSchema, { ...base, type: 5, g: subgraph(o) })
  return create(AttributeProtoSchema, { ...base, type: 4, t: writeTensor(o, '') })
}

const safe = (v: bigint): boolean => Number.isSafeInteger(Number(v))

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
