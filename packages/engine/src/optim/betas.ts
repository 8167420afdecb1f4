/** @file Checks the shares of the past that moments keep. */
import { EngineError } from '../errors.ts'

/** @throws EngineError engine/bad-options unless both are from 0 to below 1 */
export function checkBetas(optimiser: string, betas: readonly [number, number]): void {
  if (Array.isArray(betas) && betas.length === 2 && betas.every((beta) => beta >= 0 && beta < 1)) return
  throw new EngineError(
    'engine/bad-options',
    `${optimiser}: betas must be from 0 to below 1, got ${String(betas).replace(',', ' and ')}`,
    'Use [0.9, 0.999], say.',
  )
}
