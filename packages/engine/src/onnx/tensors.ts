/** @file Constants to and from TensorProto. */
import { create } from '@bufbuild/protobuf'
import { EngineError } from '../errors.ts'
import { type DType, dtypes, sizeOf, type Tensor, type TensorData } from '../graph/tensor.ts'
import { type ExternalData, externalPart } from './external.ts'
import { type TensorProto, TensorProtoSchema } from './onnx.generated.ts'

/** No constant of an honest model is larger; a hostile file must not make us allocate more than it carries. */
const mostElements = 2 ** 31

export const dtypeOf = (number: number, where: string): DType => {
  const found = (Object.keys(dtypes) as DType[]).find((name) => dtypes[name].onnx === number)
  if (found === undefined) {
    throw new EngineError(
      'engine/unsupported-model',
      `${where}: element type ${number} is not supported`,
      'Export the model with float32 and int64 values.',
    )
  }
  return found
}

export function writeTensor(content: Tensor, name: string): TensorProto {
  const { data } = content
  return create(TensorProtoSchema, {
    name,
    dims: content.shape.map(BigInt),
    dataType: dtypes[content.dtype].onnx,
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  })
}

/** Whether a tensor's element type is one that constants can have. */
export const isKnownType = (proto: TensorProto): boolean =>
  Object.values(dtypes).some((d) => d.onnx === proto.dataType)

/** @throws EngineError engine/bad-model, engine/unsupported-model */
export function readTensor(proto: TensorProto, where: string, external?: ExternalData): Tensor {
  const dtype = dtypeOf(proto.dataType, where)
  const shape = proto.dims.map(Number)
  const size = sizeOf(shape)
  if (shape.some((d) => d < 0 || !Number.isSafeInteger(d)) || size > mostElements) {
    throw new EngineError(
      'engine/bad-model',
      `${where}: the shape [${shape.join(', ')}] is not possible`,
      'The file is damaged; export the model again.',
    )
  }
  const raw = isExternal(proto)
    ? fetchExternal(proto, size * dtypes[dtype].bytes, where, external)
    : proto.rawData
  const data = raw.length > 0 || size === 0 ? fromRaw(raw, dtype) : fromFields(proto, dtype)
  if (data === null || data.length !== size) {
    throw new EngineError(
      'engine/bad-model',
      `${where}: the shape [${shape.join(', ')}] needs ${size} values, the file has ${data?.length ?? 0}`,
      'The file is damaged; export the model again.',
    )
  }
  return { dtype, shape, data }
}

/** A tensor of a type that only opaque nodes use, complete in itself. */
export function completeTensor(
  proto: TensorProto,
  where: string,
  external: ExternalData | undefined,
): TensorProto {
  if (!isExternal(proto)) return proto
  const given = proto.externalData.find((e) => e.key === 'length')?.value
  const length = Number(given)
  if (!Number.isSafeInteger(length) || length < 0 || length > mostElements)
    throw new EngineError(
      'engine/bad-model',
      `${where}: the length ${given} of its data is not possible`,
      'The file is damaged; export the model again.',
    )
  return {
    ...proto,
    rawData: fetchExternal(proto, length, where, external),
    dataLocation: 0,
    externalData: [],
  }
}

const isExternal = (proto: TensorProto): boolean => proto.dataLocation !== 0 || proto.externalData.length > 0

function fetchExternal(
  proto: TensorProto,
  bytes: number,
  where: string,
  external: ExternalData | undefined,
): Uint8Array {
  const part = externalPart(proto.externalData, bytes, where)
  if (external === undefined) {
    throw new EngineError(
      'engine/unsupported-model',
      `${where}: its data lies in another file, ${JSON.stringify(part.location)}`,
      'Read the model with readModelFile, or save it as one file.',
    )
  }
  const data = external(part)
  if (data.length === bytes) return data
  throw new EngineError(
    'engine/bad-model',
    `${where}: its data has ${data.length} bytes, ${bytes} are needed`,
    'Copy the data file again.',
  )
}

function fromRaw(raw: Uint8Array, dtype: DType): TensorData | null {
  const { bytes, array } = dtypes[dtype]
  if (raw.length % bytes !== 0) return null
  // Copied, because raw data may begin at any byte of the file.
  // a Buffer's own slice would share its memory
  return new array(Uint8Array.from(raw).buffer) as TensorData
}

function fromFields(proto: TensorProto, dtype: DType): TensorData {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(proto.floatData)
    case 'float64':
      return Float64Array.from(proto.doubleData)
    case 'int64':
      return BigInt64Array.from(proto.int64Data)
    case 'uint64':
      return BigUint64Array.from(proto.uint64Data)
    case 'uint32':
      return Uint32Array.from(proto.uint64Data, Number)
    default:
      return dtypes[dtype].array.from(proto.int32Data) as TensorData
  }
}
