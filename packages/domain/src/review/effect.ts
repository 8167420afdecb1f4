/** @file What one change does to the outlook of a plan: the same plan with it and without it. */
import { applyChange, changeRefusal } from './apply.ts'
import { type ChanceBasis, type Forecaster, forecaster, type Outlook, outlook } from './outlook.ts'
import type { Plan } from './plan.ts'
import type { Change } from './proposal.ts'

export type Effect = {
  /** Of each objective, without the change and with it; null where nothing is known. */
  objectives: { id: string; title: string; before: number | null; after: number | null }[]
  /** Whether the chances were forecast from histories alone, or need the model of `outlook`. */
  basis: ChanceBasis
  expectedValue: { before: number; after: number }
  ale: { before: number; after: number }
}

/** Makes effects against one plan, which is looked at once. */
export const effectsOn = (
  plan: Plan,
  forecast: Forecaster = forecaster(),
): ((change: Change) => Effect | null) => {
  const before = outlook(plan, forecast)
  return (change) =>
    changeRefusal(plan, change) ? null : difference(before, outlook(applyChange(plan, change), forecast))
}

export const difference = (before: Outlook, after: Outlook): Effect => ({
  objectives: after.objectives.map(({ id, title, chance }) => ({
    id,
    title,
    before: before.objectives.find((objective) => objective.id === id)?.chance ?? null,
    after: chance,
  })),
  basis: after.keyResults.some(({ basis }) => basis === 'model')
    ? 'model'
    : after.keyResults.some(({ basis }) => basis === 'forecast')
      ? 'forecast'
      : 'unknown',
  expectedValue: { before: before.expectedValue, after: after.expectedValue },
  ale: { before: before.ale, after: after.ale },
})
