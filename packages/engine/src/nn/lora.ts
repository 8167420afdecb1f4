/** @file Low-rank adapters on linear layers and attention's projections: fine-tuning with few parameters. */
import { EngineError } from '../errors.ts'
import { matches, type Pattern } from '../patterns.ts'
import { type Adaptable, isAdaptable } from './adapter.ts'
import { allow, positive } from './expect.ts'
import { type Module, namedModules, namedParameters } from './module.ts'

export interface LoraOptions {
  /** Directions that an adapter can change. */
  readonly rank?: number
  /** The adapter's product is multiplied by alpha / rank; twice the rank unless given. */
  readonly alpha?: number
  /** Which linear layers and attention's projections of queries, keys and values, by name; all unless given. */
  readonly match?: Pattern | readonly Pattern[]
}

/**
 * Freezes the model and gives its linear layers, and the joint projection of attention's
 * queries, keys and values, adapters (Hu et al., 2022): y = W x + alpha / rank B A x, with B = 0 at the
 * start, so that nothing changes until they are trained. Initialise or load the model first, and `nn.initialise` again.
 * @returns the names of the layers
 * @throws EngineError engine/bad-options where no linear layer fits
 */
export function addLora(
  model: Module,
  { rank = 8, alpha = 2 * rank, match = '*' }: LoraOptions = {},
): string[] {
  positive('lora', { rank })
  allow('lora', Number.isFinite(alpha), `alpha must be a number, got ${alpha}`, 'Use twice the rank, say.')
  const fitting = linears(model).filter(({ name }) => matches(name, match))
  if (fitting.length === 0) {
    throw new EngineError(
      'engine/bad-options',
      `no linear layer is called ${[match].flat().join(' or ')}`,
      `The model has ${linears(model)
        .map(({ name }) => name)
        .join(', ')}.`,
    )
  }
  for (const { parameter } of namedParameters(model)) if (!parameter.buffer) parameter.trainable = false
  for (const { layer } of fitting) layer.adapt(rank, alpha / rank)
  return fitting.map(({ name }) => name)
}

/** Adds the adapters' products to the weights and drops the adapters; every parameter trains again. */
export function mergeLora(model: Module): void {
  for (const { layer } of linears(model)) layer.merge()
  for (const { parameter } of namedParameters(model)) parameter.trainable = true
}

const linears = (model: Module): { name: string; layer: Adaptable }[] =>
  namedModules(model).flatMap(({ name, module }) => (isAdaptable(module) ? [{ name, layer: module }] : []))
