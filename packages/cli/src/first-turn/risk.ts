/** @file First turn, risk: a quantified register, two risks watched by live measures, simulated before and after. */
import type { Measure, Risk, RiskSimulation } from '@capstan/api'
import { type RiskKey, risks } from './plan.ts'
import type { Resources } from './resources.ts'
import type { Strategy } from './strategy.ts'
import type { Team } from './team.ts'
import { clientOf, ensure, type Turn } from './turn.ts'

export interface Register {
  risks: Risk[]
  burn: Measure
  before: RiskSimulation
}

/** Registers the risks and simulates them as they are believed before any evidence. */
export async function riskBefore(
  turn: Turn,
  { margin }: Strategy,
  { pools, main }: Resources,
  { members }: Team,
): Promise<Register> {
  const client = clientOf(turn)
  const { text } = turn.plan
  const burn = await ensure(
    client.measures.list(),
    ({ key }) => key === 'compute-burn',
    () =>
      client.measures.create({
        body: {
          key: 'compute-burn',
          name: text.measures.burn,
          unit: '1',
          direction: 'down',
          scale: 'linear',
          query: { source: 'ledger', statistic: 'burn', poolId: pools.compute.id, initiativeId: main.id },
        },
      }),
  )
  const register = []
  for (const key of Object.keys(risks) as RiskKey[]) register.push(await registered(key))
  const before = (await client.risk.simulations()).at(-1) ?? (await client.risk.simulate({ body: {} }))
  report(turn, turn.context.say('turn.riskBefore'), before, register)
  return { risks: register, burn, before }

  async function registered(key: RiskKey): Promise<Risk> {
    const { frequency, loss, commonCause, treatment, owner, indicator } = risks[key]
    const { name, description } = text.risks[key]
    const risk = await ensure(
      client.risk.list(),
      (known) => known.name === name,
      () =>
        client.risk.create({
          body: {
            name,
            description,
            frequency,
            loss,
            commonCause,
            treatment,
            ownerId: members[owner].id,
            origin: 'demonstration',
          },
        }),
    )
    if (indicator) {
      const measureId = (indicator.measure === 'compute-burn' ? burn : margin).id
      await ensure(
        client.risk.indicators(),
        (known) => known.riskId === risk.id,
        () =>
          client.risk.createIndicator({
            body: { riskId: risk.id, measureId, amber: indicator.amber, red: indicator.red },
          }),
      )
    }
    return risk
  }
}

/** Simulates again, with what the indicators now make of the frequencies. */
export async function riskAfter(turn: Turn, register: Register): Promise<RiskSimulation> {
  const client = clientOf(turn)
  const after = await client.risk.simulate({ body: {} })
  const { screen, say } = turn.context
  const indicators = await client.risk.indicators()
  const [known, measures] = [await client.risk.list(), await client.measures.list()]
  report(turn, say('turn.riskAfter'), after, known, register.before)
  screen.rows(
    indicators.map((indicator): [string, string] => [
      say('turn.indicator'),
      say('turn.indicatorState', {
        measure: measures.find(({ id }) => id === indicator.measureId)?.name ?? indicator.measureId,
        value: indicator.value === null ? '-' : turn.format.percent(indicator.value, 1),
        state: screen.paint(stateStyle[indicator.state], say(`state.${indicator.state}`)),
        risk: known.find(({ id }) => id === indicator.riskId)?.name ?? indicator.riskId,
        factor: turn.format.number(known.find(({ id }) => id === indicator.riskId)?.frequencyFactor ?? 1, 2),
      }),
    ]),
  )
  return after
}

const stateStyle = { green: 'good', amber: 'warn', red: 'bad', stale: 'dim', unknown: 'dim' } as const

function report(
  turn: Turn,
  heading: string,
  simulation: RiskSimulation,
  register: readonly Risk[],
  before?: RiskSimulation,
): void {
  const { screen, say } = turn.context
  const { money, percent, number } = turn.format
  const changed = (now: number, was: number | undefined) =>
    was === undefined
      ? money(now)
      : money(was) === money(now)
        ? say('turn.unchanged', { value: money(now) })
        : say('turn.changed', { before: money(was), after: money(now) })
  screen.heading(heading)
  const largest = [...simulation.contributions].sort((a, b) => b.share - a.share)[0]
  screen.rows([
    [say('turn.ale'), changed(simulation.ale, before?.ale)],
    [say('turn.var'), changed(simulation.var95, before?.var95)],
    ...(largest
      ? [
          [
            say('turn.largest'),
            say('turn.share', {
              name: register.find(({ id }) => id === largest.riskId)?.name ?? largest.riskId,
              share: percent(largest.share, 0),
            }),
          ] as const,
        ]
      : []),
    [
      say('turn.simulated'),
      say('turn.years', {
        risks: register.length,
        years: number(simulation.years),
        ms: number(simulation.simulatedInMs),
      }),
    ],
  ])
}
