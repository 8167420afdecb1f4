/** @file Splits an endpoint's traffic between versions. */
import { hashText } from '../chance/random.ts'
import { type Message, message } from '../messages/message.ts'

/** Weights need not sum to one. */
export type TrafficShare = { versionId: string; weight: number }

export const trafficRefusal = (shares: readonly TrafficShare[]): Message | null =>
  shares.length > 0 &&
  shares.every((share) => share.weight >= 0 && Number.isFinite(share.weight)) &&
  shares.some((share) => share.weight > 0)
    ? null
    : message('traffic.weights', {})

/** The version for a request key: the same key always gets the same version. Needs a positive weight. */
export const chooseVersion = (shares: readonly TrafficShare[], key: string): string => {
  const total = shares.reduce((sum, share) => sum + share.weight, 0)
  let left = (hashText(key) / 2 ** 32) * total
  for (const share of shares) {
    left -= share.weight
    if (left < 0) return share.versionId
  }
  return shares.findLast((share) => share.weight > 0)!.versionId
}
