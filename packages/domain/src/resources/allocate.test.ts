/** @file Tests of the allocation with HiGHS itself, against brute force over small cases. */
import highsLoader from 'highs'
import { describe, expect, it } from 'vitest'
import { seeded } from '../chance/random.ts'
import { allocate } from './allocate.ts'
import { fromHighs, type HighsResult, highsOptions, toLp } from './highs.ts'
import { buildAllocation, duration, possibleStarts } from './model.ts'
import type { AllocationInput, Candidate, Chosen } from './portfolio.ts'
import { relaxed, type Solver } from './programme.ts'
import { drawScenarios, shortfall } from './scenarios.ts'

// the package's types describe its CommonJS build; imported as a module, the loader is the default export itself
const highs = await (highsLoader as unknown as typeof highsLoader.default)()

const solver: Solver = async (programme) =>
  fromHighs(programme, highs.solve(toLp(programme), highsOptions(programme)) as unknown as HighsResult)

const candidate = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  id,
  name: id.toUpperCase(),
  value: { low: 10, mode: 10, high: 10 },
  chance: { alpha: 1, beta: 1 },
  needs: {},
  earliest: 0,
  latest: 9,
  prerequisites: [],
  exclusions: [],
  ...more,
})

const pool = (id: string, ...capacity: number[]) => ({
  id,
  name: id,
  kind: 'compute' as const,
  unit: 'hours',
  capacity,
})

const input = (more: Partial<AllocationInput>): AllocationInput => ({
  pools: [pool('gpu', 10)],
  candidates: [],
  periods: 1,
  lambda: 0,
  seed: 1,
  ...more,
})

/** Every selection with every timing that holds all limits, best objective first, one per selection. */
const bruteForce = (given: AllocationInput) => {
  const scenarios = drawScenarios(given.candidates, given.seed, given.scenarios ?? 200)
  const found = new Map<string, { chosen: Chosen[]; objective: number }>()
  const visit = (i: number, chosen: Chosen[]) => {
    const next = given.candidates[i]
    if (next) {
      if (!next.mandatory) visit(i + 1, chosen)
      for (const start of possibleStarts(next, given.periods))
        visit(i + 1, [...chosen, { initiativeId: next.id, start }])
      return
    }
    if (!allowed(given, chosen)) return
    const selected = chosen.map((c) => given.candidates.findIndex(({ id }) => id === c.initiativeId))
    const value = selected.reduce((sum, k) => sum + scenarios.expected[k]!, 0)
    const objective = value - given.lambda * shortfall(scenarios, selected)
    found.set(selected.join(), { chosen, objective })
  }
  visit(0, [])
  return [...found.values()].sort((a, b) => b.objective - a.objective)
}

const allowed = (given: AllocationInput, chosen: readonly Chosen[]): boolean => {
  const startOf = new Map(chosen.map((c) => [c.initiativeId, c.start]))
  const of = (id: string) => given.candidates.find((c) => c.id === id)!
  for (const { initiativeId, start } of chosen) {
    const { prerequisites, exclusions } = of(initiativeId)
    if (exclusions.some((id) => startOf.has(id))) return false
    for (const id of prerequisites)
      if (!startOf.has(id) || startOf.get(id)! + duration(of(id)) > start) return false
  }
  return given.pools.every((p) =>
    p.capacity.every((capacity, period) => {
      let used = 0
      for (const { initiativeId, start } of chosen)
        used += of(initiativeId).needs[p.id]?.[period - start] ?? 0
      return used <= capacity + 1e-9
    }),
  )
}

const randomCase = (seed: number): AllocationInput => {
  const random = seeded(seed)
  const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
  const periods = whole(1, 3)
  const pools = ['gpu', 'people'].map((id) => pool(id, ...Array.from({ length: periods }, () => whole(0, 9))))
  const ids = ['a', 'b', 'c', 'd', 'e'].slice(0, whole(2, 5))
  return input({
    periods,
    pools,
    lambda: random() < 0.5 ? 0 : Math.round(random() * 10) / 10,
    scenarios: 40,
    seed,
    candidates: ids.map((id, i) => {
      const low = whole(-3, 20)
      const mode = low + whole(0, 20)
      const length = whole(1, Math.min(2, periods))
      const earliest = whole(0, 1)
      return candidate(id, {
        value: { low, mode, high: mode + whole(0, 20) },
        chance: { alpha: whole(1, 8), beta: whole(1, 8) },
        needs: Object.fromEntries(pools.map((p) => [p.id, Array.from({ length }, () => whole(0, 6))])),
        earliest,
        latest: earliest + whole(0, 2),
        prerequisites: ids.slice(0, i).filter(() => random() < 0.2),
        exclusions: ids.slice(0, i).filter(() => random() < 0.15),
        mandatory: random() < 0.08,
      })
    }),
  })
}

describe('against brute force', () => {
  it('finds the optimum, the runner-up and infeasibility of 300 random cases', async () => {
    let infeasible = 0
    for (let seed = 1; seed <= 300; seed++) {
      const given = randomCase(seed)
      const expected = bruteForce(given)
      const found = await allocate(given, solver)
      const context = `case ${seed}`
      if (expected.length === 0) {
        infeasible += 1
        expect(found.status, context).toBe('infeasible')
        expect(found.conflict!.length, context).toBeGreaterThan(0)
        continue
      }
      expect(found.status, context).toBe('optimal')
      expect(found.objective, context).toBeCloseTo(expected[0]!.objective, 4)
      expect(allowed(given, found.chosen), context).toBe(true)
      expect(found.bound, context).toBeGreaterThanOrEqual(found.objective - 1e-6)
      expect(found.runnerUp === null, context).toBe(expected.length === 1)
      if (expected.length > 1)
        expect(found.runnerUp!.objective, context).toBeCloseTo(expected[1]!.objective, 4)
      expect(found.chosen.length + found.rejected.length, context).toBe(given.candidates.length)
    }
    expect(infeasible).toBeGreaterThan(3)
  })

  it('gains nothing less from more capacity, and at most its shadow price a unit', async () => {
    for (let seed = 400; seed < 460; seed++) {
      const given = randomCase(seed)
      const before = await allocate(given, solver)
      const pools = given.pools.map((p, i) =>
        i === 0 ? { ...p, capacity: p.capacity.map((value, t) => (t === 0 ? value + 1 : value)) } : p,
      )
      const after = await allocate({ ...given, pools }, solver)
      if (before.status === 'infeasible') continue
      expect(after.objective).toBeGreaterThanOrEqual(before.objective - 1e-6)
      const price =
        before.binding.find((limit) => limit.poolId === 'gpu' && limit.period === 0)?.shadowPrice ?? 0
      // the relaxed optimum is concave in capacity, so its slope bounds the gain from above
      expect(await relaxedOptimum({ ...given, pools })).toBeLessThanOrEqual(
        (await relaxedOptimum(given)) + price + 1e-4,
      )
    }
  })
})

const relaxedOptimum = async (given: AllocationInput): Promise<number> => {
  const solution = await solver(relaxed(buildAllocation(given)))
  return solution.status === 'optimal' ? solution.objective : Number.NaN
}

describe('against the mixed-integer solver', () => {
  it('proves the same optimum of cases that are too large for brute force', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const given = { ...crowded(seed, 14, 4), lambda: seed % 2 === 0 ? 0 : 0.3 }
      const found = await allocate(given, solver)
      const solved = await solver({ ...buildAllocation(given), relativeGap: 1e-9, seconds: 60 })
      expect(found.status).toBe('optimal')
      expect(solved.status).toBe('optimal')
      expect(found.objective).toBeCloseTo(solved.status === 'optimal' ? solved.objective : Number.NaN, 4)
      expect(found.bound).toBeGreaterThanOrEqual(found.objective)
      expect(allowed(given, found.chosen)).toBe(true)
      expect(allowed(given, found.runnerUp!.chosen)).toBe(true)
    }
  })
})

/** Initiatives that compete for three pools in every period; the first is mandatory. */
const crowded = (seed: number, count: number, periods: number): AllocationInput => {
  const random = seeded(seed)
  const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
  const pools = ['gpu', 'people', 'cash'].map((id) =>
    pool(id, ...Array.from({ length: periods }, () => whole(count, Math.ceil(1.5 * count)))),
  )
  return input({
    periods,
    pools,
    lambda: 0.2,
    scenarios: 40,
    seed,
    candidates: Array.from({ length: count }, (_, i) => {
      const low = whole(20, 200)
      const length = whole(1, periods >> 1)
      return candidate(`c${i}`, {
        value: { low, mode: low + 50, high: low + whole(60, 300) },
        chance: { alpha: whole(1, 8), beta: whole(1, 8) },
        needs: Object.fromEntries(pools.map(({ id }) => [id, Array.from({ length }, () => whole(1, 15))])),
        prerequisites: i > 0 && random() < 0.1 ? [`c${whole(0, i - 1)}`] : [],
        exclusions: i > 0 && random() < 0.1 ? [`c${whole(0, i - 1)}`] : [],
        mandatory: i === 0,
      })
    }),
  })
}

describe('too large to search', () => {
  const large = (seed: number) => crowded(seed, 60, 6)

  it('holds every limit, is near the bound, and shows how near', async () => {
    const given = large(7)
    const found = await allocate({ ...given, relativeGap: 0.25 }, solver)
    expect(allowed(given, found.chosen)).toBe(true)
    expect(found.chosen.some(({ initiativeId }) => initiativeId === 'c0')).toBe(true)
    expect(found.bound).toBeGreaterThanOrEqual(found.objective)
    expect(found.gap).toBeCloseTo((found.bound - found.objective) / found.bound, 9)
    expect(found.gap).toBeLessThan(0.25)
    expect(allowed(given, found.runnerUp!.chosen)).toBe(true)
    expect(found.runnerUp!.objective).toBeLessThanOrEqual(found.objective)
  })

  it('is the same again', async () => {
    const given = { ...large(8), relativeGap: 0.25 }
    expect(await allocate(given, solver)).toEqual(await allocate(given, solver))
  })
})

describe('explanations', () => {
  const big = candidate('big', { value: { low: 100, mode: 100, high: 100 }, needs: { gpu: [8] } })
  const small = candidate('small', { value: { low: 60, mode: 60, high: 60 }, needs: { gpu: [5] } })
  const other = candidate('other', { value: { low: 50, mode: 50, high: 50 }, needs: { gpu: [5] } })

  it('names the limit, its price, the rejected and the runner-up', async () => {
    const found = await allocate(input({ candidates: [big, small, other] }), solver)
    expect(found.chosen).toEqual([
      { initiativeId: 'small', start: 0 },
      { initiativeId: 'other', start: 0 },
    ])
    expect(found.expectedValue).toBe(55)
    expect(found.binding).toEqual([{ poolId: 'gpu', period: 0, used: 10, capacity: 10, shadowPrice: 6 }])
    expect(found.explanation).toEqual({
      code: 'allocation.chosen',
      values: { names: 'SMALL, OTHER', value: 55, pool: 'gpu', period: 1, unit: 'hours', price: 6 },
    })
    expect(found.rejected).toEqual([
      {
        initiativeId: 'big',
        reason: {
          code: 'allocation.reject.fit',
          values: { pool: 'gpu', period: 1, need: 8, unit: 'hours', left: 0 },
        },
      },
    ])
    expect(found.runnerUp).toMatchObject({
      objective: 50,
      difference: 5,
      reason: {
        code: 'allocation.runnerUp',
        values: { added: 'BIG', removed: 'SMALL, OTHER', difference: 5 },
      },
    })
    expect(found.gap).toBeCloseTo((found.bound - 55) / found.bound, 9)
  })

  it('says when no limit binds', async () => {
    const found = await allocate(input({ candidates: [small] }), solver)
    expect([found.explanation.code, found.binding, found.gap]).toEqual(['allocation.chosenFree', [], 0])
    expect(found.runnerUp!.reason.code).toBe('allocation.runnerUp.fewer')
  })

  it('starts as early as it can', async () => {
    const found = await allocate(
      input({
        periods: 3,
        pools: [pool('gpu', 5, 5, 5)],
        candidates: [small, { ...other, prerequisites: ['small'] }],
      }),
      solver,
    )
    expect(found.chosen.map(({ start }) => start)).toEqual([0, 1])
  })

  it('prefers the sure bet when risk counts', async () => {
    const sure = candidate('sure', { chance: { alpha: 990, beta: 10 }, needs: { gpu: [6] } })
    const bold = candidate('bold', {
      value: { low: 100, mode: 100, high: 100 },
      chance: { alpha: 10, beta: 90 },
      needs: { gpu: [6] },
    })
    const pick = async (lambda: number) =>
      (await allocate(input({ candidates: [sure, bold], lambda }), solver)).chosen[0]!.initiativeId
    expect([await pick(0), await pick(0.8)]).toEqual(['bold', 'sure'])
  })

  it('tells which limits conflict', async () => {
    const must = { mandatory: true }
    const short = await allocate(
      input({
        candidates: [
          { ...big, ...must },
          { ...small, ...must },
        ],
      }),
      solver,
    )
    expect(short.conflict).toEqual([
      { code: 'allocation.conflict.pool', values: { pool: 'gpu', period: 1, short: 3, unit: 'hours' } },
    ])
    const rivals = await allocate(
      input({
        candidates: [
          { ...small, ...must },
          { ...other, ...must, exclusions: ['small'] },
        ],
      }),
      solver,
    )
    expect(rivals.conflict!.map(({ code }) => code)).toEqual(['allocation.conflict.exclusion'])
    const long = await allocate(
      input({ candidates: [candidate('long', { ...must, needs: { gpu: [1, 1] } })] }),
      solver,
    )
    expect(long.conflict!.map(({ code }) => code)).toEqual(['allocation.conflict.time'])
  })

  it('refuses flawed input whole', async () => {
    const circle = [
      candidate('a', { prerequisites: ['b'] }),
      candidate('b', { prerequisites: ['a'], value: { low: 3, mode: 2, high: 1 } }),
    ]
    const found = await allocate(input({ candidates: circle, pools: [pool('gpu', -1)] }), solver)
    expect(found.conflict!.map(({ code }) => code)).toEqual([
      'allocation.capacity',
      'allocation.value',
      'allocation.cycle',
    ])
    expect(found.chosen).toEqual([])
  })

  it('chooses nothing from nothing', async () => {
    expect((await allocate(input({}), solver)).explanation.code).toBe('allocation.nothing')
  })
})
