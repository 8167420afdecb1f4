/** @file What a training of a given size takes: FLOP, hours, cost, memory per device, and which devices fit. */
import { trainingFlop } from './scaling.ts'

/** A device as its data sheet has it, and what the team pays for it. */
export type DeviceProfile = {
  name: string
  /** Dense FLOP/s at the precision trained in. */
  flopPerSecond: number
  memoryBytes: number
  /** Per device and hour, in the workspace's currency; null when unknown. */
  rate: number | null
}

/** How the training state is spread: `none` keeps a copy on every device, `full` one share each. */
export type Sharding = 'none' | 'full'

export type TrainingSize = {
  parameters: number
  /** Training compute; or the tokens, for 6 N D. */
  flop?: number
  tokens?: number
  /** Default 16: mixed precision with Adam (weights and gradients 2 + 2, master copy and two moments 4 + 4 + 4). */
  bytesPerParameter?: number
  /** Of one device's share of a batch. */
  activationBytes?: number
}

export type DevicePlan = {
  device: string
  hours: number
  /** Device hours together. */
  deviceHours: number
  cost: number | null
  memoryBytes: number
  fits: boolean
  /** The fewest devices whose memory holds the training, when the state is shared; null when none do. */
  leastDevices: number | null
}

export const mixedAdamBytes = 16

/**
 * Plans per device kind for `devices` of them at a measured or assumed utilisation (model FLOP/s over peak FLOP/s).
 * FLOP are 6 N D unless they are given; memory is the training state, whole or shared, and the activations.
 */
export const planCompute = (
  {
    parameters,
    tokens = 0,
    flop = trainingFlop(parameters, tokens),
    bytesPerParameter = mixedAdamBytes,
    activationBytes = 0,
  }: TrainingSize,
  profiles: readonly DeviceProfile[],
  { devices, utilisation, sharding }: { devices: number; utilisation: number; sharding: Sharding },
): { flop: number; stateBytes: number; plans: DevicePlan[] } => {
  const stateBytes = parameters * bytesPerParameter
  const plans = profiles.map(({ name, flopPerSecond, memoryBytes, rate }): DevicePlan => {
    const hours = flop / (flopPerSecond * utilisation * devices) / 3600
    const used = (sharding === 'full' ? stateBytes / devices : stateBytes) + activationBytes
    const room = memoryBytes - activationBytes
    return {
      device: name,
      hours,
      deviceHours: hours * devices,
      cost: rate === null ? null : hours * devices * rate,
      memoryBytes: used,
      fits: used <= memoryBytes,
      leastDevices: room > 0 ? Math.max(1, Math.ceil(stateBytes / room)) : null,
    }
  })
  return { flop, stateBytes, plans }
}

/** Dense half-precision FLOP/s and memory as the makers print them; rates differ by contract and are not guessed. */
export const knownDevices: readonly DeviceProfile[] = [
  { name: 'A100 80GB', flopPerSecond: 312e12, memoryBytes: 80e9, rate: null },
  { name: 'H100 SXM', flopPerSecond: 989e12, memoryBytes: 80e9, rate: null },
  { name: 'H200', flopPerSecond: 989e12, memoryBytes: 141e9, rate: null },
  { name: 'L40S', flopPerSecond: 362e12, memoryBytes: 48e9, rate: null },
  { name: 'RTX 4090', flopPerSecond: 165e12, memoryBytes: 24e9, rate: null },
]

/** Training compute that rules name: general-purpose and systemic-risk models in the European Union. */
export const computeThresholds = { generalPurpose: 1e23, systemicRisk: 1e25 } as const

/** The share of the original's compute at which a modifier counts as a provider. */
export const modifierShare = 1 / 3

export type ComputeMeter = {
  /** All of the lineage. */
  flop: number
  /** Reached thresholds, least first. */
  reached: (keyof typeof computeThresholds)[]
  /** Compute spent since the original, over the original's; null without an original. */
  modified: number | null
  /** The modification has reached a third of the original's compute. */
  modifier: boolean
}

/** Adds up the training compute along a model's lineage: the original's, then what each later training added. */
export const meterCompute = ({
  original,
  added,
}: {
  original: number
  added: readonly number[]
}): ComputeMeter => {
  const later = added.reduce((sum, flop) => sum + flop, 0)
  const flop = original + later
  const modified = original > 0 ? later / original : null
  return {
    flop,
    reached: (['generalPurpose', 'systemicRisk'] as const).filter((key) => flop >= computeThresholds[key]),
    modified,
    modifier: modified !== null && modified >= modifierShare,
  }
}
