/** @file Names a design so that a checkpoint of another one is refused. */
import { newGraph } from '../graph/graph.ts'
import type { Value } from '../graph/types.ts'
import type { Loss } from '../loss/loss.ts'
import { headsOf, type Module, type NamedParameter, namedParameters, trace } from '../nn/module.ts'
import { writeModel } from '../onnx/write.ts'
import type { ClipOptions } from '../optim/clip.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import type { Augmentation } from './augment/augment.ts'
import { type Field, inputTypeOf } from './fields.ts'

export interface FingerprintOptions {
  readonly model: Module
  readonly loss: Loss
  readonly optimiser: Optimiser
  readonly inputs: readonly Field[]
  readonly scale: number
  readonly shuffle: boolean
  readonly augment?: readonly Augmentation[]
  /** Of a streamed data set: its buffer decides the order. */
  readonly shuffleBuffer?: number
  /** Parts that a batch is shared out in. */
  readonly workers?: number
  readonly clip?: ClipOptions
  readonly accumulate?: number
  readonly ema?: { readonly decay: number }
}

/** SHA-256 (hex) over the forward graph without weights and over everything else that decides the losses. */
export async function fingerprintOf(o: FingerprintOptions): Promise<string> {
  const graph = newGraph()
  const given = o.inputs.map((f) =>
    graph.input(f.key === '' ? 'input' : f.key, inputTypeOf(f), ['N', ...f.shape]),
  )
  const inputs = [...given]
  const bind = ({ name, parameter }: NamedParameter): Value => {
    const value = graph.input(name, 'float32', parameter.shape)
    inputs.push(value)
    return value
  }
  const output = trace(o.model, given[0]!, bind, null, given.slice(1))
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
    augment: o.augment?.length ? o.augment.map(({ name, settings }) => ({ name, settings })) : undefined,
    shuffleBuffer: o.shuffleBuffer,
    workers: o.workers,
    frozen: frozen.length > 0 ? frozen : undefined,
  })
  const outputs = [output, ...headsOf(graph).values()]
  const bytes = writeModel({ graph, inputs, outputs }, { rest })
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('')
}
