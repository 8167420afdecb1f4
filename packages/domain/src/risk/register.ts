/** @file The register as a whole: what sets off what, and what is expected of it in closed form. */
import { meanLoss, meanRate, type Risk } from './risk.ts'

/**
 * Every risk after those that set it off; null when they go in a circle.
 * Triggers by risks that are not in the register are left out.
 */
export const triggerOrder = <T extends Pick<Risk, 'id' | 'triggeredBy'>>(risks: readonly T[]): T[] | null => {
  const byId = new Map(risks.map((risk) => [risk.id, risk]))
  const done = new Map<string, 'open' | 'done'>()
  const order: T[] = []
  const visit = (risk: T): boolean => {
    const state = done.get(risk.id)
    if (state) return state === 'done'
    done.set(risk.id, 'open')
    for (const { riskId } of risk.triggeredBy ?? []) {
      const source = byId.get(riskId)
      if (source && !visit(source)) return false
    }
    done.set(risk.id, 'done')
    order.push(risk)
    return true
  }
  return risks.every(visit) ? order : null
}

/** The names along a circle of triggers, first and last the same; null when there is none. */
export const circleIn = (risks: readonly Pick<Risk, 'id' | 'name' | 'triggeredBy'>[]): string[] | null => {
  const byId = new Map(risks.map((risk) => [risk.id, risk]))
  const clear = new Set<string>()
  const walk = (id: string, path: readonly string[]): string[] | null => {
    const start = path.indexOf(id)
    if (start >= 0) return [...path.slice(start), id].map((one) => byId.get(one)?.name ?? one)
    if (clear.has(id)) return null
    for (const { riskId } of byId.get(id)?.triggeredBy ?? []) {
      const found = byId.has(riskId) ? walk(riskId, [...path, id]) : null
      if (found) return found
    }
    clear.add(id)
    return null
  }
  for (const { id } of risks) {
    const found = walk(id, [])
    if (found) return found
  }
  return null
}

/**
 * Expected events a year by risk: its own rate, and for each trigger its chance times the expected events of the
 * risk that sets it off.
 */
export const expectedEvents = (risks: readonly Risk[]): Map<string, number> => {
  const events = new Map<string, number>()
  for (const risk of triggerOrder(risks) ?? risks) {
    const triggered = (risk.triggeredBy ?? []).reduce(
      (sum, { riskId, chance }) => sum + chance * (events.get(riskId) ?? 0),
      0,
    )
    events.set(risk.id, meanRate(risk.frequency) + triggered)
  }
  return events
}

/** Annual loss expectancy by risk in closed form, with what other risks set off. */
export const expectedLosses = (risks: readonly Risk[]): Map<string, number> => {
  const events = expectedEvents(risks)
  return new Map(risks.map(({ id, loss }) => [id, events.get(id)! * meanLoss(loss)]))
}

export const totalExpectedLoss = (risks: readonly Risk[]): number =>
  [...expectedLosses(risks).values()].reduce((sum, loss) => sum + loss, 0)
