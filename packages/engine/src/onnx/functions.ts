/** @file Functions that a file brings with it: their bodies take the place of the nodes that call them. */
import { create } from '@bufbuild/protobuf'
import {
  type AttributeProto,
  AttributeProtoSchema,
  type FunctionProto,
  GraphProtoSchema,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
} from './onnx.generated.ts'

/** Domain, op type and overload together. */
export const functionKey = ({
  domain,
  opType,
  overload,
}: Pick<NodeProto, 'domain' | 'opType' | 'overload'>) =>
  `${domain === 'ai.onnx' ? '' : domain}\n${opType}\n${overload}`

export const functionsOf = (model: ModelProto): ReadonlyMap<string, FunctionProto> =>
  new Map(model.functions.map((f) => [functionKey({ ...f, opType: f.name }), f]))

/** The nodes of `f` with the attributes of its caller in the place of references to them. */
export function bodyFor(f: FunctionProto, caller: NodeProto): NodeProto[] {
  const given = new Map(f.attributeProto.map((a) => [a.name, a]))
  for (const a of caller.attribute) given.set(a.name, a)
  return f.node.map((node) => resolved(node, given))
}

function resolved(node: NodeProto, given: ReadonlyMap<string, AttributeProto>): NodeProto {
  const attribute = node.attribute.flatMap((a) => {
    if (a.refAttrName !== '') {
      const value = given.get(a.refAttrName)
      // An attribute that the caller does not give is absent.
      return value === undefined ? [] : [create(AttributeProtoSchema, { ...value, name: a.name })]
    }
    if (a.g === undefined) return [a]
    const g = create(GraphProtoSchema, { ...a.g, node: a.g.node.map((n) => resolved(n, given)) })
    return [create(AttributeProtoSchema, { ...a, g })]
  })
  return create(NodeProtoSchema, { ...node, attribute })
}
