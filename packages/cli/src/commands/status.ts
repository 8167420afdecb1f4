/** @file `capstan status`: where the loop stands. */
import type { Loop } from '@capstan/api'
import { type Connection, connect } from '../connection.ts'
import { type Context, sentence } from '../context.ts'
import { bar } from '../terminal/bar.ts'
import { formatIn } from '../terminal/format.ts'

export async function status(
  context: Context,
  options: { workspace: string; json?: boolean },
): Promise<number> {
  const connection = await connect(context, options.workspace, { workers: 0, mustExist: true })
  try {
    if (options.json)
      context.screen.line(JSON.stringify(await connection.client.loop.get({}, context.signal), null, 2))
    else await showStatus(context, connection)
    return 0
  } finally {
    await connection.close()
  }
}

export async function showStatus(context: Context, connection: Connection): Promise<void> {
  const loop = await connection.client.loop.get({}, context.signal)
  const { screen } = context
  screen.line()
  screen.rows([
    ...cycleRows(context, loop),
    ...keyResultRows(context, loop),
    ...budgetRows(context, loop),
    ...modelRows(context, loop),
    ...riskRows(context, loop),
  ])
  const waiting = loop.openProposals.length + loop.approvals.filter(({ state }) => state === 'open').length
  if (waiting === 0) return
  screen.line()
  screen.paragraph(screen.paint('brass', waitingLine(context, waiting, connection.address)))
}

export const waitingLine = ({ say }: Context, count: number, address: string): string =>
  count === 1 ? say('turn.waitingOne', { address }) : say('turn.waiting', { count, address })

type Rows = [string, string][]

function cycleRows({ say, screen }: Context, { cycle, phases, workspace }: Loop): Rows {
  if (cycle === null)
    return [
      [say('status.workspace'), workspace.name],
      [say('status.cycle'), say('status.none')],
    ]
  const marks = { done: '●', now: '◐', next: '○' } as const
  const style = { done: 'good', now: 'brass', next: 'dim' } as const
  const names = Object.keys(phases) as (keyof typeof phases)[]
  return [
    [
      say('status.cycle'),
      say('status.cycleLine', {
        number: cycle.number,
        name: cycle.name,
        start: cycle.start.slice(0, 10),
        end: cycle.end.slice(0, 10),
      }),
    ],
    [
      say('status.phases'),
      names
        .map((name) => `${screen.paint(style[phases[name]], marks[phases[name]])} ${say(`phase.${name}`)}`)
        .join('  '),
    ],
  ]
}

function keyResultRows({ say, screen, language }: Context, { keyResults, workspace }: Loop): Rows {
  const format = formatIn(language, workspace.currency)
  return keyResults.map((result) => {
    const { latest, unit } = result.measure
    const show = (value: number) =>
      unit === '1' ? format.percent(value, 2) : `${format.number(value, 2)} ${unit}`
    const chance =
      result.forecast.chance === null
        ? sentence(result.forecast.message, language)
        : say('status.chance', { chance: format.chance(result.forecast.chance) })
    const value = latest === null ? '-' : show(latest.value)
    return [
      say('turn.keyResult'),
      `${result.title} · ${screen.paint(result.met ? 'good' : 'dim', value)} · ${chance}`,
    ]
  })
}

function budgetRows(
  { say, screen, language }: Context,
  { budgets, initiatives, pools, workspace }: Loop,
): Rows {
  const format = formatIn(language, workspace.currency)
  return budgets
    .filter(({ used, committed }) => used + committed > 0)
    .map((budget) => [
      say('status.budget'),
      say('status.burn', {
        initiative: initiatives.find(({ id }) => id === budget.initiativeId)?.name ?? budget.initiativeId,
        pool: pools.find(({ id }) => id === budget.poolId)?.name ?? budget.poolId,
        bar: screen.paint('sea', bar(budget.burn, 16)),
        used: format.number(budget.used, 2),
        amount: format.amount(budget.amount, budget.unit),
        cost: format.money(budget.cost),
      }),
    ])
}

function modelRows(
  { say, language }: Context,
  { run, evaluation, version, endpoint, workspace, lifeCycle }: Loop,
): Rows {
  const format = formatIn(language, workspace.currency)
  const rows: Rows = [
    [
      say('status.lifeCycle'),
      say('status.counts', {
        datasets: lifeCycle.datasets,
        designs: lifeCycle.designs,
        runs: lifeCycle.runs,
        evaluations: lifeCycle.evaluations,
        versions: lifeCycle.versions,
        endpoints: lifeCycle.endpoints,
      }),
    ],
  ]
  if (run)
    rows.push([
      say('status.run'),
      say('status.runLine', {
        number: run.number,
        name: run.name,
        state: say(`run.state.${run.state}`),
        epoch: run.epochLosses.length,
        epochs: run.parameters?.epochs ?? run.epochLosses.length,
      }),
    ])
  if (evaluation)
    rows.push([
      say('turn.accuracy'),
      `${format.percent(evaluation.accuracy, 2)} (${format.interval(format.percent(evaluation.interval[0], 2), format.percent(evaluation.interval[1], 2))})`,
    ])
  if (endpoint)
    rows.push([
      say('turn.endpoint'),
      say('status.endpointLine', {
        name: endpoint.name,
        version: `${version?.modelName ?? endpoint.modelName} v${endpoint.versionNumber}`,
        requests: format.number(endpoint.requests),
        p95: endpoint.windows.length > 0 ? format.milliseconds(endpoint.windows.at(-1)!.p95) : '-',
      }),
    ])
  return rows
}

function riskRows({ say, screen, language }: Context, { simulations, indicators, workspace }: Loop): Rows {
  const format = formatIn(language, workspace.currency)
  const now = simulations[0]
  if (!now) return []
  const style = { green: 'good', amber: 'warn', red: 'bad', stale: 'dim', unknown: 'dim' } as const
  return [
    [
      say('status.risk'),
      say('status.riskLine', { ale: format.money(now.ale), var: format.money(now.var95) }) +
        indicators.map(({ state }) => ` ${screen.paint(style[state], say(`state.${state}`))}`).join(''),
    ],
  ]
}
