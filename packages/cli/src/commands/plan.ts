/** @file `capstan plan …`: the scaling law of the team's runs, and what a training of a given size takes. */
import { render } from '@capstan/domain'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { formatIn } from '../terminal/format.ts'

interface Shared {
  workspace: string
  json?: boolean
}

export async function planScaling(
  context: Context,
  options: Shared & {
    filter: string
    parameters: string
    tokens: string
    loss: string
    budget: string[]
    seed: number
  },
): Promise<number> {
  const { screen, say, language } = context
  const { filter, parameters, tokens, loss, seed } = options
  const connection = await connect(context, options.workspace, { workers: 0 })
  try {
    const budgets = options.budget.map(Number)
    const plan = await connection.client.plans.scaling({
      body: { filter, parameters, tokens, loss, budgets, seed },
    })
    if (options.json) {
      screen.line(JSON.stringify(plan, null, 2))
      return 0
    }
    const between = ({ low, high }: { low: number; high: number }) => `${short(low)} – ${short(high)}`
    screen.line(say('plan.law', { runs: plan.runs.length, skipped: plan.skipped }))
    screen.rows([
      ...(['e', 'a', 'b', 'alpha', 'beta'] as const).map((key): [string, string] => [
        { e: 'E', a: 'A', b: 'B', alpha: 'alpha', beta: 'beta' }[key],
        `${short(plan.law[key])}  (${between(plan.interval[key])})`,
      ]),
      [say('plan.error'), `${short(plan.error * 100)}%`],
      [say('plan.covered'), `C ${between(plan.covered.flop)} FLOP`],
    ])
    for (const { flop, best, refusal } of plan.advice) {
      screen.line()
      screen.line(`C = ${short(flop)} FLOP`)
      if (refusal) screen.line(render(refusal as never, language))
      if (!best) continue
      screen.rows([
        [say('plan.parameters'), `${short(best.parameters)}  (${between(best.interval.parameters)})`],
        [say('plan.tokens'), `${short(best.tokens)}  (${between(best.interval.tokens)})`],
        [say('plan.loss'), `${short(best.loss)}  (${between(best.interval.loss)})`],
      ])
    }
    return 0
  } finally {
    await connection.close()
  }
}

export async function planCompute(
  context: Context,
  options: Shared & {
    parameters: number
    tokens: number
    devices: number
    utilisation: number
    rate?: number
    replicated?: boolean
  },
): Promise<number> {
  const { screen, say, language } = context
  const { parameters, tokens, devices, utilisation, rate } = options
  const connection = await connect(context, options.workspace, { workers: 0 })
  try {
    const { client } = connection
    const plan = await client.plans.compute({
      body: {
        training: { kind: 'tokens', parameters, tokens },
        devices,
        utilisation,
        sharding: options.replicated ? 'none' : 'full',
      },
    })
    if (options.json) {
      screen.line(JSON.stringify(plan, null, 2))
      return 0
    }
    const format = formatIn(language, (await client.workspace.get()).currency)
    screen.line(say('plan.flop', { flop: short(plan.flop), memory: format.bytes(plan.stateBytes) }))
    screen.table([
      [
        say('plan.device'),
        say('plan.hours'),
        say('plan.deviceHours'),
        ...(rate === undefined ? [] : [say('turn.cost')]),
        say('plan.memory'),
        say('plan.fits'),
      ],
      ...plan.plans.map((each) => [
        each.device,
        format.number(each.hours, 1),
        format.number(each.deviceHours, 0),
        ...(rate === undefined ? [] : [format.money(each.deviceHours * rate)]),
        format.bytes(each.memoryBytes),
        each.fits
          ? say('plan.yes')
          : each.leastDevices === null
            ? say('plan.no')
            : say('plan.fromDevices', { devices: each.leastDevices }),
      ]),
    ])
    return 0
  } finally {
    await connection.close()
  }
}

const short = (value: number): string =>
  value >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(2) : value.toPrecision(4)
