/** @file Plans in the order of their objective: the best, and the best with another selection. */

/** Per candidate the index of its option, or -1 when it is left out. */
export type Plan = Int32Array

export type Ranked = { plan: Plan; objective: number }

/** Keeps the two best plans with different selections. */
export const ranking = (known: readonly Ranked[] = []) => {
  const kept: { best: Ranked | null; second: Ranked | null } = { best: null, second: null }
  const offer = (next: Ranked): boolean => {
    const { best, second } = kept
    if (!best || next.objective > best.objective + tiny(best.objective)) {
      if (best && !sameSelection(best.plan, next.plan)) kept.second = best
      kept.best = next
      return true
    }
    if (sameSelection(best.plan, next.plan)) return false
    if (second && (next.objective <= second.objective || sameSelection(second.plan, next.plan))) return false
    kept.second = next
    return true
  }
  for (const plan of known) offer(plan)
  return { kept, offer }
}

/** What rounding may add to an objective. */
export const tiny = (value: number) => 1e-12 * Math.max(1, Math.abs(value))

const sameSelection = (a: Plan, b: Plan): boolean => a.every((option, i) => option < 0 === b[i]! < 0)
