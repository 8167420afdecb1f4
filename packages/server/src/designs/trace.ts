/** @file Traces a design and checks every shape, before any time is spent on training it. */
import { CapstanError, type DesignSource, type DesignSummary } from '@capstan/api'
import { EngineError, summarise } from '@capstan/engine'
import { modelOf } from './model.ts'

/** More than this machine could hold while training. */
const MAX_PARAMETERS = 500_000_000

/** @throws {CapstanError} `design/shape-mismatch` naming the layer and both sizes, `design/invalid` */
export function traceDesign(source: DesignSource): DesignSummary {
  refuseDoubleNames(source)
  try {
    const { layers, parameters, flops, activationBytes, optimiserBytes } = summarise(
      modelOf(source),
      source.input,
    )
    if (parameters > MAX_PARAMETERS) {
      throw new CapstanError('design/invalid', {
        detail: `it has ${parameters} parameters; the limit is ${MAX_PARAMETERS}`,
      })
    }
    return {
      layers: layers.map((layer) => ({
        ...layer,
        inputShape: layer.inputShape.map(Number),
        outputShape: layer.outputShape.map(Number),
      })),
      parameters,
      flops,
      activationBytes,
      // the engine counts the optimiser's state alone; weights and gradients stand beside it while training
      optimiserBytes: optimiserBytes + 8 * parameters,
    }
  } catch (error) {
    throw designError(error)
  }
}

function designError(error: unknown): unknown {
  if (!(error instanceof EngineError)) return error
  const { code, details, message } = error
  if (code === 'engine/shape-mismatch' && details.layer !== undefined && details.declared !== undefined) {
    const { layer, declared, got } = details
    return new CapstanError('design/shape-mismatch', {
      layer,
      declared,
      got: got ?? '?',
      what:
        details.what === 'channels'
          ? { en: 'input channels', 'zh-CN': '输入通道' }
          : { en: 'inputs', 'zh-CN': '输入' },
    })
  }
  return new CapstanError('design/invalid', { detail: message.replace(/\.$/, '') }, { cause: error })
}

function refuseDoubleNames({ layers }: DesignSource): void {
  const names = layers.flatMap(({ name }) => name ?? [])
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new CapstanError('design/invalid', { detail: `two layers are named ${twice}` })
}
