/** @file Simulates the register as it stands now; runs on the compute thread. */
import type { Risk as RiskRecord } from '@capstan/api'
import { type LossProfile, type Risk, scaleFrequency, simulate } from '@capstan/domain'

/** The risk as the domain knows it, with what its indicators make of its frequency. */
export const currentRisk = ({
  id,
  name,
  frequency,
  frequencyFactor,
  loss,
  commonCause,
}: RiskRecord): Risk => ({
  id,
  name,
  frequency: scaleFrequency(frequency, frequencyFactor),
  loss,
  commonCause,
})

/**
 * Draws are addressed by the risk's name rather than its random id, so that the same register and seed give the same
 * losses in every workspace.
 */
export function simulateRisks({ risks, years, seed }: { risks: RiskRecord[]; years: number; seed: number }): {
  profile: LossProfile
  milliseconds: number
} {
  const started = performance.now()
  const keys = risks.map(
    ({ name }, i) => `${name} ${risks.slice(0, i).filter((other) => other.name === name).length}`,
  )
  const profile = simulate(
    risks.map((risk, i) => ({ ...currentRisk(risk), id: keys[i]! })),
    { years, seed },
  )
  const contributions = profile.contributions.map((part, i) => ({ ...part, riskId: risks[i]!.id }))
  return { profile: { ...profile, contributions }, milliseconds: performance.now() - started }
}
