/** @file Asynchronous successive halving: which trials go on from rung to rung. */
import { type Goal, type Halving, lossOf, type Trial } from './plan.ts'

/** Resources of the rungs, lowest first; the last is the maximum. */
export const rungsOf = ({ minimum, maximum, factor }: Halving): number[] => {
  const rungs: number[] = []
  for (let resource = minimum; resource < maximum * (1 - 1e-9); resource *= factor)
    rungs.push(Math.round(resource * 1e6) / 1e6)
  return [...rungs, maximum]
}

/**
 * Rungs that a running trial has reached and was not judged at, with the verdict: it goes on when it is among the
 * best of every `factor` that came there so far, itself included. The first ones always go on: nothing is known yet.
 */
export const judgeRungs = (
  goal: Goal,
  halving: Halving,
  trial: Trial,
  others: readonly Trial[],
): { rung: number; goesOn: boolean; rank: number; of: number } | null => {
  const rungs = rungsOf(halving).slice(0, -1)
  let verdict: ReturnType<typeof judgeRungs> = null
  for (let rung = trial.rung; rung < rungs.length; rung++) {
    const own = valueAtStep(trial, rungs[rung]!)
    if (own === null) break
    const there = others
      .filter((other) => other.number !== trial.number && (other.rung > rung || other.state !== 'running'))
      .map((other) => valueAtStep(other, rungs[rung]!))
      .filter((value) => value !== null)
    const of = there.length + 1
    const rank = 1 + there.filter((value) => worse(goal, own, value)).length
    const goesOn = of < halving.factor ? Number.isFinite(own) : rank <= Math.floor(of / halving.factor)
    verdict = { rung: rung + 1, goesOn, rank, of }
    if (!goesOn) break
  }
  return verdict
}

/**
 * The trial to promote next (Li et al. 2020, algorithm 2): on the highest rung possible, one of the best
 * 1/factor of the finished trials there that was not promoted yet.
 */
export const promotable = (
  goal: Goal,
  halving: Halving,
  trials: readonly Trial[],
): { trial: Trial; resource: number } | null => {
  const rungs = rungsOf(halving)
  const promoted = new Set(trials.map(({ promotedFrom }) => promotedFrom))
  for (let rung = rungs.length - 2; rung >= 0; rung--) {
    const there = trials
      .filter(
        ({ state, resource, value }) => state === 'finished' && value !== null && resource === rungs[rung],
      )
      .sort((a, b) => lossOf(goal, a.value!) - lossOf(goal, b.value!) || a.number - b.number)
    const next = there
      .slice(0, Math.floor(there.length / halving.factor))
      .find(({ number }) => !promoted.has(number))
    if (next) return { trial: next, resource: rungs[rung + 1]! }
  }
  return null
}

/** The metric when the trial came to a step; null before. */
const valueAtStep = ({ curve }: Trial, step: number): number | null =>
  curve.find((point) => point.step >= step)?.value ?? null

/** A value that is no number is worse than any. */
const worse = (goal: Goal, own: number, other: number): boolean =>
  Number.isFinite(other) && (!Number.isFinite(own) || lossOf(goal, own) > lossOf(goal, other))
