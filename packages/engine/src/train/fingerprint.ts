/** @file Names a design so that a checkpoint of another one is refused. */
import { newGraph } from '../graph/graph.ts'
import type { DType } from '../graph/tensor.ts'
import type { Loss } from '../loss/loss.ts'
import { type Module, namedParameters, trace } from '../nn/module.ts'
import { writeModel } from '../onnx/write.ts'
import type { ClipOptions } from '../optim/clip.ts'
import type { Optimiser } from '../optim/optimiser.ts'

export interface FingerprintOptions {
  readonly model: Module
  readonly loss: Loss
  readonly optimiser: Optimiser
  readonly sampleShape: readonly number[]
  readonly scale: number
  readonly shuffle: boolean
  readonly inputType?: DType
  readonly clip?: ClipOptions
  readonly accumulate?: number
  readonly ema?: { readonly decay: number }
}

/** SHA-256 (hex) over the forward graph without weights and over everything else that decides the losses. */
export async function fingerprintOf(o: FingerprintOptions): Promise<string> {
  const graph = newGraph()
  const input = graph.input('input', o.inputType ?? 'float32', ['N', ...o.sampleShape])
  const inputs = [input]
  const output = trace(o.model, input, ({ name, parameter }) => {
    const value = graph.input(name, 'float32', parameter.shape)
    inputs.push(value)
    return value
  })
  const { name, settings } = o.optimiser
  const frozen = namedParameters(o.model).flatMap(({ name, parameter }) =>
    parameter.trainable ? [] : [name],
  )
  // What is not set is left out, so that a design keeps its name when the engine learns something new.
  const rest = JSON.stringify({
    loss: o.loss.settings === undefined ? o.loss.name : { name: o.loss.name, settings: o.loss.settings },
    optimiser: { name, settings },
    scale: o.scale,
    shuffle: o.shuffle,
    clip: o.clip,
    accumulate: o.accumulate === 1 ? undefined : o.accumulate,
    ema: o.ema,
    frozen: frozen.length > 0 ? frozen : undefined,
  })
  const bytes = writeModel({ graph, inputs, outputs: [output] }, { rest })
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('')
}
