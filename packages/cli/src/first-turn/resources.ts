/** @file First turn, resources: initiatives compete for the pools, the solver chooses and says why. */
import type { Allocation, Initiative, Pool } from '@capstan/api'
import { sentence } from '../context.ts'
import type { Designs } from './design.ts'
import { bets, mainDesign, type PoolKey, periods, pools } from './plan.ts'
import type { Strategy } from './strategy.ts'
import { clientOf, ensure, type Turn } from './turn.ts'

export interface Resources {
  pools: Record<PoolKey, Pool>
  initiatives: Initiative[]
  /** The initiative whose design is trained. */
  main: Initiative
  allocation: Allocation
}

export async function resources(turn: Turn, { cycle }: Strategy, designs: Designs): Promise<Resources> {
  const client = clientOf(turn)
  const { text } = turn.plan
  const made = await createPools()
  const initiatives: Initiative[] = []
  for (const bet of bets) initiatives.push(await initiative(bet))
  const main = initiatives.find(({ designId }) => designId === designs[mainDesign]!.id)!
  const allocation = await solve()
  report()
  return { pools: made, initiatives, main, allocation }

  async function createPools(): Promise<Record<PoolKey, Pool>> {
    const entries = []
    for (const [key, pool] of Object.entries(pools(turn.workspace.currency)) as PoolEntries) {
      const { kind, unit, rate, perPeriod } = pool
      const made = await ensure(
        client.resources.pools(),
        (known) => known.kind === kind,
        () =>
          client.resources.createPool({
            body: {
              name: text.pools[key],
              kind,
              unit,
              rate,
              capacity: Array.from({ length: periods }, () => perPeriod),
              origin: 'demonstration',
            },
          }),
      )
      entries.push([key, made])
    }
    return Object.fromEntries(entries) as Record<PoolKey, Pool>
  }

  function initiative(bet: (typeof bets)[number]): Promise<Initiative> {
    const { name, summary } = text.initiatives[bet.design]
    const duration = Math.max(...Object.values(bet.needs).map((need) => need.length))
    return ensure(
      client.strategy.initiatives({ query: { cycleId: cycle.id } }),
      (known) => known.name === name,
      () =>
        client.strategy.createInitiative({
          body: {
            cycleId: cycle.id,
            name,
            summary,
            designId: designs[bet.designName]!.id,
            value: bet.value,
            chance: bet.chance,
            needs: Object.fromEntries(
              (Object.keys(bet.needs) as PoolKey[]).map((key) => [made[key].id, bet.needs[key]]),
            ),
            earliest: 0,
            latest: periods - duration,
            origin: 'demonstration',
          },
        }),
    )
  }

  async function solve(): Promise<Allocation> {
    const known = await client.resources.allocations()
    const approved = known.find(({ state, cycleId }) => state === 'approved' && cycleId === cycle.id)
    if (approved) return approved
    const proposed =
      known.find(({ state, cycleId }) => state === 'proposed' && cycleId === cycle.id) ??
      (await client.resources.solve({ body: { cycleId: cycle.id } }))
    return client.resources.approve({ params: { id: proposed.id }, body: {} })
  }

  function report(): void {
    const { screen, say, language } = turn.context
    const { format } = turn
    const { result, solvedInMs } = allocation
    const nameOf = (id: string) => initiatives.find((known) => known.id === id)?.name ?? id
    const namesOf = (chosen: typeof result.chosen) =>
      chosen.map(({ initiativeId }) => nameOf(initiativeId)).join(' + ')
    const poolOf = (id: string) => Object.values(made).find((pool) => pool.id === id)
    screen.heading(say('turn.resources'))
    screen.rows([
      [
        say('turn.pools'),
        Object.values(made)
          .map((pool) => `${pool.name} ${format.amount(pool.capacity[0]!, pool.unit)}`)
          .join(' · ') + say('turn.perWeek', { weeks: periods }),
      ],
      [
        say('turn.solver'),
        say('turn.chosen', {
          names: namesOf(result.chosen),
          value: format.money(result.expectedValue),
          ms: format.number(solvedInMs),
        }),
      ],
      ...tightest(result.binding).map((limit): [string, string] => [
        say('turn.limit'),
        say('turn.binding', {
          pool: poolOf(limit.poolId)?.name ?? limit.poolId,
          week: limit.period + 1,
          used: format.number(limit.used),
          capacity: format.amount(limit.capacity, poolOf(limit.poolId)?.unit ?? ''),
          one: format.amount(1, poolOf(limit.poolId)?.unit ?? ''),
          price: format.money(limit.shadowPrice),
        }),
      ]),
      ...(result.runnerUp
        ? [
            [
              say('turn.runnerUp'),
              say('turn.because', {
                name: namesOf(result.runnerUp.chosen),
                reason: sentence(result.runnerUp.reason, language, turn.workspace.currency),
              }),
            ] as const,
          ]
        : []),
      ...result.rejected.map(({ initiativeId, reason }): [string, string] => [
        say('turn.declined'),
        say('turn.because', {
          name: nameOf(initiativeId),
          reason: sentence(reason, language, turn.workspace.currency),
        }),
      ]),
    ])
  }
}

type PoolEntries = [PoolKey, ReturnType<typeof pools>[PoolKey]][]

/** The limit whose next unit is worth most. */
const tightest = <L extends { shadowPrice: number }>(limits: readonly L[]): L[] =>
  [...limits].sort((a, b) => b.shadowPrice - a.shadowPrice).slice(0, 1)
