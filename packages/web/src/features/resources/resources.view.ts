/** @file The allocation as bars over periods, for the small Gantt chart. */
import type { Allocation, Initiative } from '@capstan/api'

export interface Bar {
  id: string
  name: string
  start: number
  length: number
}

/** When each chosen initiative runs, from its start over the longest of its needs. */
export function barsOf(allocation: Pick<Allocation, 'result'>, initiatives: readonly Initiative[]): Bar[] {
  return allocation.result.chosen.map(({ initiativeId, start }) => {
    const initiative = initiatives.find(({ id }) => id === initiativeId)
    const length = Math.max(1, ...Object.values(initiative?.needs ?? {}).map((needs) => needs.length))
    return { id: initiativeId, name: initiative?.name ?? initiativeId, start, length }
  })
}

/** Share of a pool used in a period, for its shade; an empty pool that is used is full. */
export const fill = ({ used, capacity }: { used: number; capacity: number }): number =>
  capacity > 0 ? Math.min(1, used / capacity) : used > 0 ? 1 : 0
