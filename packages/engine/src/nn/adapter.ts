/** @file A low-rank adapter of a weight matrix (LoRA): made, merged. */
import { within, zeros } from './initial.ts'
import { type Module, Parameter } from './module.ts'

/** What a layer keeps of its adapter: [rank, inFeatures], [outFeatures, rank] and a factor; null without one. */
export interface Adapted {
  lora_A: Parameter | null
  lora_B: Parameter | null
  loraScale: number
}

/** A layer whose weight matrix can have an adapter. */
export interface Adaptable {
  /** Adds an adapter of so many directions, which changes nothing until it is trained. */
  adapt(rank: number, scale: number): void
  /** Adds the adapter's product to the weights and drops it. */
  merge(): void
}

export const isAdaptable = (module: Module): module is Module & Adaptable =>
  'adapt' in module && 'merge' in module

/** B starts at 0, so that the product does too. */
export function giveAdapter(layer: Adapted, weight: Parameter, rank: number, scale: number): void {
  const [outFeatures, inFeatures] = weight.shape as [number, number]
  layer.lora_A = new Parameter([rank, inFeatures], within(1 / Math.sqrt(inFeatures)))
  layer.lora_B = new Parameter([outFeatures, rank], zeros)
  layer.loraScale = scale
}

/** W + scale B A, where there is an adapter with values. */
export function mergeAdapter(layer: Adapted, weight: Parameter): void {
  const [a, b, w] = [layer.lora_A?.data, layer.lora_B?.data, weight.data]
  if (!a || !b || !w) return
  const [outFeatures, inFeatures] = weight.shape as [number, number]
  const rank = layer.lora_A!.shape[0]!
  const merged = w.slice()
  for (let o = 0; o < outFeatures; o++) {
    for (let i = 0; i < inFeatures; i++) {
      let sum = 0
      for (let r = 0; r < rank; r++) sum += b[o * rank + r]! * a[r * inFeatures + i]!
      merged[o * inFeatures + i]! += layer.loraScale * sum
    }
  }
  weight.data = merged
  layer.lora_A = null
  layer.lora_B = null
}
