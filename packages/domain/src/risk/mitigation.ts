/** @file What mitigations are worth: the losses with and without each, and the return on its cost. */
import { scaleFrequency } from './frequency.ts'
import { expectedLosses } from './register.ts'
import type { Loss, Mitigation, Risk } from './risk.ts'

/** (ALE before - ALE after - cost) / cost; null when it costs nothing. */
export const returnOnMitigation = (before: number, after: number, annualCost: number): number | null =>
  annualCost > 0 ? (before - after - annualCost) / annualCost : null

/** The risk as it is with one mitigation in place; what other risks set off is rarer by the same factor. */
export const mitigated = <R extends Risk>(
  risk: R,
  { frequencyFactor, lossFactor }: Pick<Mitigation, 'frequencyFactor' | 'lossFactor'>,
): R => ({
  ...risk,
  frequency: scaleFrequency(risk.frequency, frequencyFactor),
  loss: scaledLoss(risk.loss, lossFactor),
  ...(risk.triggeredBy
    ? {
        triggeredBy: risk.triggeredBy.map(({ riskId, chance }) => ({
          riskId,
          chance: chance * frequencyFactor,
        })),
      }
    : {}),
})

const scaledLoss = (loss: Loss, factor: number): Loss => {
  if (loss.kind === 'fixed') return { ...loss, amount: loss.amount * factor }
  // nothing is left, or too little for a logarithm
  if ((loss.kind === 'lognormal' ? loss.low : loss.max) * factor < 1e-300) return { kind: 'fixed', amount: 0 }
  return loss.kind === 'lognormal'
    ? { ...loss, low: loss.low * factor, high: loss.high * factor }
    : { ...loss, min: loss.min * factor, mode: loss.mode * factor, max: loss.max * factor }
}

export type RankedMitigation = {
  mitigation: Mitigation
  /** Of its risk and of everything that this sets off. */
  aleBefore: number
  aleAfter: number
  saved: number
  returnOnCost: number | null
  worthIt: boolean
}

/** Each mitigation by itself, in closed form, best return first (free ones that save anything lead). */
export const rankMitigations = (
  risks: readonly Risk[],
  mitigations: readonly Mitigation[],
): RankedMitigation[] => {
  const before = expectedLosses(risks)
  return mitigations
    .flatMap((mitigation) => {
      if (!before.has(mitigation.riskId)) return []
      const changed = risks.map((risk) =>
        risk.id === mitigation.riskId ? mitigated(risk, mitigation) : risk,
      )
      const after = expectedLosses(changed)
      // only what the mitigation touches: the rest is the same on both sides
      const touched = risks.filter(({ id }) => id === mitigation.riskId || after.get(id)! < before.get(id)!)
      const sum = (losses: ReadonlyMap<string, number>) =>
        touched.reduce((total, { id }) => total + losses.get(id)!, 0)
      const [aleBefore, aleAfter] = [sum(before), sum(after)]
      const saved = aleBefore - aleAfter
      return [
        {
          mitigation,
          aleBefore,
          aleAfter,
          saved,
          returnOnCost: returnOnMitigation(aleBefore, aleAfter, mitigation.annualCost),
          worthIt: saved > mitigation.annualCost,
        },
      ]
    })
    .sort((a, b) => (b.returnOnCost ?? Infinity) - (a.returnOnCost ?? Infinity) || b.saved - a.saved)
}
