/** @file Loaded model versions: one ONNX Runtime session each, with the signature that requests must fit. */
import { argmax, type Datatype, type FlatTensor, type ModelSignature, type TensorData } from '@capstan/domain'
import { readModel } from '@capstan/engine'
import { nodeRuntime, type Session } from '@capstan/engine/node'
import type { BlobStore } from '../blobs/files.ts'

export interface LoadedModel {
  signature: ModelSignature
  provider: string
  /** @param wanted names of outputs */
  infer(inputs: readonly FlatTensor[], wanted: readonly string[]): Promise<FlatTensor[]>
  release(): Promise<void>
}

const datatypes: Record<string, Datatype> = {
  float32: 'FP32',
  float64: 'FP64',
  int64: 'INT64',
  int32: 'INT32',
  int16: 'INT16',
  int8: 'INT8',
  uint64: 'UINT64',
  uint32: 'UINT32',
  uint16: 'UINT16',
  uint8: 'UINT8',
  bool: 'BOOL',
}
const dtypes = Object.fromEntries(Object.entries(datatypes).map(([dtype, datatype]) => [datatype, dtype]))

/** The output that Capstan adds to a classifier: the index of the likeliest class. */
const LABEL = 'label'

/** One thread: small models answer sooner without handing work around. */
export async function loadModel(blobs: BlobStore, blob: string): Promise<LoadedModel> {
  const bytes = await blobs.read(blob)
  const model = readModel(bytes)
  const session: Session = await nodeRuntime({ threads: 1 }).createSession(bytes)
  const specOf = (name: string, value: { dtype: string; shape: readonly (number | string)[] }) => ({
    name,
    datatype: datatypes[value.dtype] ?? 'FP32',
    shape: value.shape.map((size) => (typeof size === 'number' ? size : -1)),
  })
  const outputs = model.outputs.map((value, i) => specOf(model.outputNames[i]!, value))
  const scores = outputs.find(({ name, shape }) => name === 'probabilities' && shape.length === 2)
  const signature: ModelSignature = {
    inputs: model.inputs.map((value, i) => specOf(model.inputNames[i]!, value)),
    outputs: scores ? [...outputs, { name: LABEL, datatype: 'INT64', shape: [-1] }] : outputs,
  }
  return {
    signature,
    provider: session.provider.used,
    async infer(inputs, wanted) {
      const feeds = Object.fromEntries(
        inputs.map(({ name, datatype, shape, data }) => [
          name,
          { dtype: dtypes[datatype] as 'float32', shape, data },
        ]),
      )
      const names = outputs
        .map(({ name }) => name)
        .filter((n) => wanted.includes(n) || (wanted.includes(LABEL) && n === scores?.name))
      const results = await session.run(feeds, names)
      return wanted.map((name) => {
        if (name === LABEL && scores) return labelsOf(results[scores.name]!)
        const { dtype, shape, data } = results[name]!
        return { name, datatype: datatypes[dtype]!, shape: [...shape], data: data as TensorData }
      })
    },
    release: () => session.release(),
  }
}

function labelsOf({ shape, data }: { shape: readonly number[]; data: unknown }): FlatTensor {
  const labels = argmax(data as Float32Array, shape[1]!)
  return { name: LABEL, datatype: 'INT64', shape: [shape[0]!], data: BigInt64Array.from(labels, BigInt) }
}
