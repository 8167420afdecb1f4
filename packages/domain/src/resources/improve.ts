/** @file Improves plans of large allocations: takes a few candidates out, puts others in, keeps what is better. */
import { type Random, seeded } from '../chance/random.ts'
import type { Board, Bound } from './board.ts'
import { type Plan, type Ranked, ranking } from './ranking.ts'
import { fits, take } from './search.ts'
import { appraiser } from './worth.ts'

export type Improvement = { best: Ranked | null; second: Ranked | null }

export type ImproveOptions = {
  /** Plans to start from; the empty plan is always tried. */
  known: readonly Ranked[]
  /** Stop when the best is at least this. */
  enough: number
  rounds: number
  seed: number
}

/**
 * Ruin and recreate (Schrimpf et al. 2000) with threshold accepting: each round takes some chosen candidates out, by
 * chance or because they meet in one limit, and fills the room in the order of value for the relaxation's prices,
 * disturbed by chance.
 */
export const improvePlans = (board: Board, bound: Bound, options: ImproveOptions): Improvement => {
  const { known, enough, rounds } = options
  const random = seeded(options.seed)
  const { objective, beats } = appraiser(board)
  const { kept, offer } = ranking(known)
  const { options: ways, mandatory } = board
  const count = ways.length
  const appeal = appealOf(board, bound)
  const current = createState(board, kept.best?.plan ?? new Int32Array(count).fill(-1))
  recreate(current, bound, appeal, random, 0, [])
  let standing = valid(current.plan, mandatory) ? objective(current.plan) : -Infinity
  if (standing > -Infinity) offer({ plan: current.plan.slice(), objective: standing })
  const scale = 0.02 * Math.max(1e-9, Math.abs(bound.constant))
  for (let round = 0; round < rounds && !(kept.best && kept.best.objective >= enough); round++) {
    const before = current.plan.slice()
    const removed = ruin(current, random)
    // what was taken out waits for its turn at times, or it would only come back
    const last = random() < 0.6 ? removed : []
    recreate(current, bound, appeal, random, noises[Math.floor(random() * noises.length)]!, last)
    const cooled = scale * (1 - round / rounds) ** 2 * random()
    const next = valid(current.plan, mandatory) ? beats(current.plan, standing - cooled) : null
    if (next === null) current.set(before)
    else {
      standing = next
      if (next > (kept.second?.objective ?? -Infinity)) offer({ plan: current.plan.slice(), objective: next })
    }
    // back to the best at times, so that the walk does not leave good ground for good
    if (round % 2000 === 1999 && kept.best) {
      current.set(kept.best.plan)
      standing = kept.best.objective
    }
  }
  return kept
}

/** How far chance disturbs the order: 1 lets any candidate come first. */
const noises = [0.1, 0.4, 1]

const valid = (plan: Plan, mandatory: readonly boolean[]): boolean =>
  mandatory.every((must, i) => !must || plan[i]! >= 0)

/** Value per price of what is taken; at most a large number where nothing that is taken has a price. */
const appealOf = ({ options, mandatory }: Board, { gains, values }: Bound): number[] =>
  options.map((ways, i) => {
    if (mandatory[i]) return 1e9
    const gain = ways.reduce((most, _, k) => Math.max(most, gains[i]![k]!), -Infinity)
    const value = values[i]!
    return value <= 0 ? 0 : value / Math.max(value - gain, value * 1e-3)
  })

type State = ReturnType<typeof createState>

const createState = (board: Board, plan: Plan) => {
  const { options, prerequisites, dependents, exclusions, durations } = board
  const now = plan.slice()
  const left = Float64Array.from(board.capacity)
  const put = (i: number, option: number) => {
    now[i] = option
    take(left, options[i]![option]!, 1)
  }
  const remove = (i: number): void => {
    if (now[i]! < 0) return
    take(left, options[i]![now[i]!]!, -1)
    now[i] = -1
    for (const other of dependents[i]!) remove(other)
  }
  now.forEach((option, i) => {
    if (option >= 0) take(left, options[i]![option]!, 1)
  })
  const allows = (i: number, option: number): boolean => {
    const way = options[i]![option]!
    if (!fits(left, way)) return false
    return prerequisites[i]!.every((other) => {
      const chosen = now[other]!
      return chosen >= 0 && options[other]![chosen]!.start + durations[other]! <= way.start
    })
  }
  return {
    board,
    plan: now,
    put,
    remove,
    allows,
    excluded: (i: number) => exclusions[i]!.some((other) => now[other]! >= 0),
    set(to: Plan) {
      to.forEach((option, i) => {
        if (now[i]! !== option && now[i]! >= 0) take(left, options[i]![now[i]!]!, -1)
      })
      to.forEach((option, i) => {
        if (now[i]! !== option && option >= 0) take(left, options[i]![option]!, 1)
        now[i] = option
      })
    },
  }
}

const ruin = (state: State, random: Random): number[] => {
  const { board, plan, remove } = state
  const chosen = [...plan.keys()].filter((i) => plan[i]! >= 0)
  if (chosen.length === 0) return []
  const size = 1 + Math.floor(random() * Math.min(7, chosen.length))
  const limit = random() < 0.5 ? Math.floor(random() * board.capacity.length) : -1
  const among = limit < 0 ? chosen : chosen.filter((i) => board.options[i]![plan[i]!]!.limits.includes(limit))
  const from = among.length > 0 ? among : chosen
  const removed = Array.from({ length: size }, () => from[Math.floor(random() * from.length)]!)
  removed.forEach(remove)
  return removed
}

/** Puts in what fits, the most appealing first; candidates with prerequisites get a second chance behind them. */
const recreate = (
  state: State,
  { sorted }: Bound,
  appeal: number[],
  random: Random,
  noise: number,
  last: readonly number[],
): void => {
  const { plan, put, allows, excluded, board } = state
  const waiting = [...plan.keys()].filter((i) => plan[i]! < 0 && appeal[i]! > 0)
  const keys = new Map(
    waiting.map((i) => [
      i,
      appeal[i]! ** (1 - noise ** 2) * (1 + noise * (2 * random() - 1)) * (last.includes(i) ? 1e-6 : 1),
    ]),
  )
  waiting.sort((a, b) => keys.get(b)! - keys.get(a)!)
  for (let pass = 0; pass < 3; pass++) {
    let added = false
    for (const i of waiting) {
      if (plan[i]! >= 0 || excluded(i)) continue
      const ways = sorted[i]!
      // mostly the start that the prices favour, at times another
      const skip = noise > 0 && random() < 0.15 ? Math.floor(random() * ways.length) : 0
      for (let k = 0; k < ways.length; k++) {
        const option = ways[(k + skip) % ways.length]!
        if (!allows(i, option)) continue
        put(i, option)
        added = true
        break
      }
    }
    if (!added || board.prerequisites.every((list) => list.length === 0)) break
  }
}
