/** @file Simulates the register as it stands; runs on the compute thread. */
import { type LossProfile, type Mitigation, type Risk, type SharedCause, simulate } from '@capstan/domain'

export interface SimulationWanted {
  risks: Risk[]
  mitigations: Mitigation[]
  causes: SharedCause[]
  years: number
  seed: number
  /** Losses of which the chance to exceed them is counted. */
  limits: number[]
}

export function simulateRisks({ risks, ...options }: SimulationWanted): {
  profile: LossProfile
  milliseconds: number
} {
  const started = performance.now()
  const profile = simulate(risks, options)
  return { profile, milliseconds: performance.now() - started }
}
