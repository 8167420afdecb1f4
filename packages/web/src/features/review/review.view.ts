/** @file Two snapshots of the plan side by side. */
import type { Review } from '@capstan/api'

export interface Pair {
  key: string
  kind: 'objective' | 'keyResult' | 'initiative' | 'loss' | 'badYear' | 'frequency'
  name: string
  before: number | null
  after: number | null
}

export function pairsOf({ before, after }: Pick<Review, 'before' | 'after'>): Pair[] {
  return [
    {
      key: 'objective',
      kind: 'objective',
      name: '',
      before: before.objectiveChance?.chance ?? null,
      after: after.objectiveChance?.chance ?? null,
    },
    ...after.keyResults.map(
      (keyResult): Pair => ({
        key: keyResult.id,
        kind: 'keyResult',
        name: keyResult.title,
        before: before.keyResults.find(({ id }) => id === keyResult.id)?.chance ?? null,
        after: keyResult.chance,
      }),
    ),
    ...after.initiatives.map(
      (initiative): Pair => ({
        key: initiative.id,
        kind: 'initiative',
        name: initiative.name,
        before: before.initiatives.find(({ id }) => id === initiative.id)?.chance ?? null,
        after: initiative.chance,
      }),
    ),
    ...(after.risk
      ? (['loss', 'badYear'] as const).map(
          (kind): Pair => ({
            key: kind,
            kind,
            name: '',
            before: (kind === 'loss' ? before.risk?.ale : before.risk?.var95) ?? null,
            after: (kind === 'loss' ? after.risk?.ale : after.risk?.var95) ?? null,
          }),
        )
      : []),
    ...after.risks.map(
      (risk): Pair => ({
        key: risk.id,
        kind: 'frequency',
        name: risk.name,
        before: before.risks.find(({ id }) => id === risk.id)?.frequency ?? null,
        after: risk.frequency,
      }),
    ),
  ]
}
