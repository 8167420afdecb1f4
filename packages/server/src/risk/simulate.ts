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

export function simulateRisks({ risks, years, seed }: { risks: RiskRecord[]; years: number; seed: number }): {
  profile: LossProfile
  milliseconds: number
} {
  const started = performance.now()
  const profile = simulate(risks.map(currentRisk), { years, seed })
  return { profile, milliseconds: performance.now() - started }
}
