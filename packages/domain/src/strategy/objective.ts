/** @file The chance of an objective from the forecasts of its key results. */
import type { Forecast } from './forecast.ts'

export type ObjectiveChance = {
  /** If the key results were independent: the product. Null when any is unknown, or there are none. */
  chance: number | null
  /** Whatever their dependence (Frechet): max(0, sum - (n-1)) to the least of them. */
  bounds: [low: number, high: number] | null
}

export const objectiveChance = (forecasts: readonly Pick<Forecast, 'chance'>[]): ObjectiveChance => {
  const chances = forecasts.map((forecast) => forecast.chance)
  if (chances.length === 0 || chances.some((chance) => chance === null)) return { chance: null, bounds: null }
  const known = chances as number[]
  const sum = known.reduce((total, chance) => total + chance, 0)
  return {
    chance: known.reduce((product, chance) => product * chance, 1),
    bounds: [Math.max(0, sum - (known.length - 1)), Math.min(...known)],
  }
}
