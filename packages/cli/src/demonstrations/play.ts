/** @file Asks the tools about a demonstration and shows what they answer: all of it is worked out, none of it is written here. */
import type { Allocation, Client, KeyResultView, Language } from '@capstan/api'
import { quantity } from '@capstan/domain'
import { type Context, sentence } from '../context.ts'
import { formatIn } from '../terminal/format.ts'
import type { WorkspaceDocument } from './builder.ts'
import { chatCompany } from './chat.ts'
import type { Demonstration } from './risks.ts'
import { speechCompany } from './speech.ts'
import { visionCompany } from './vision.ts'

const companies: Record<Demonstration, (language: Language, today: Date) => WorkspaceDocument> = {
  chat: chatCompany,
  vision: visionCompany,
  speech: speechCompany,
}

export const documentOf = (of: Demonstration, language: Language, today: Date): WorkspaceDocument =>
  companies[of](language, today)

/** Training compute in FLOP: one that the small runs cover, and the seven billion parameters on a trillion tokens. */
const budgets = [5e19, 4.2e22]
const lambda = 0.2

type Row = readonly [label: string, text: string]

/** Solves and approves the allocation, simulates the risks, and tells what is worth knowing. */
export async function play(context: Context, client: Client, of: Demonstration): Promise<void> {
  const { screen, say, language } = context
  const { currency } = await client.workspace.get()
  const format = formatIn(language, currency)
  const told = (message: Parameters<typeof sentence>[0]) => sentence(message, language, currency)
  const cycle = (await client.cycles.list()).find(({ state }) => state !== 'closed')!

  screen.status(say('demo.solving'))
  const proposed = await client.resources.solve({ body: { cycleId: cycle.id, lambda } })
  const allocation = await client.resources.approve({ params: { id: proposed.id }, body: {} })
  const simulation = await client.risk.simulate({ body: {} })
  screen.status('')

  const names = await namesOf(client)
  screen.heading(say('demo.strategy'))
  const keyResults = await client.strategy.keyResults({ query: { cycleId: cycle.id } })
  screen.rows(keyResults.map(keyResultRow))
  const market = await client.market.outlook()
  screen.rows([
    [
      say('demo.market'),
      format.interval(format.money(market.total.winnable.p10), format.money(market.total.winnable.p90)),
    ],
  ])
  if (of === 'chat') screen.rows(await computeRows())

  screen.heading(say('demo.resources'))
  screen.rows(allocationRows(allocation))
  if (of === 'vision') screen.rows(await labellerRows())
  if (of === 'speech') screen.rows(await studioRows())
  screen.rows([[say('demo.runway'), told((await client.runway.get({ query: {} })).message)]])

  screen.heading(say('demo.risk'))
  const largest = [...simulation.contributions].sort((a, b) => b.share - a.share)[0]
  screen.rows([
    [say('turn.ale'), format.money(simulation.ale)],
    ...(largest
      ? [[say('turn.largest'), `${names.get(largest.riskId)} · ${format.percent(largest.share, 0)}`] as Row]
      : []),
  ])
  screen.line()

  function keyResultRow({ title, forecast, measure, target }: KeyResultView): Row {
    const { chance, interval } = forecast
    if (chance === null || interval === null) return [title, told(forecast.message)]
    const [low, high] = interval.map((value) => quantity(value, measure)) as [string, string]
    return [
      title,
      say('demo.chance', {
        ...{ chance: format.chance(chance), interval: format.interval(low, high) },
        ...{ latest: quantity(measure.latest!.value, measure), target: quantity(target, measure) },
      }),
    ]
  }

  function allocationRows({ result }: Allocation): Row[] {
    return [
      [say('turn.solver'), told(result.explanation)],
      ...result.rejected.map(
        ({ initiativeId, reason }): Row => [
          `${say('turn.declined')}: ${names.get(initiativeId)}`,
          told(reason),
        ],
      ),
    ]
  }

  /** What the company's own small runs say of a training, and what they refuse to say. */
  async function computeRows(): Promise<Row[]> {
    const { advice, law, runs } = await client.plans.scaling({ body: { budgets: [...budgets] } })
    const meter = await client.lineage.meter({ params: { id: 'moyan-chat-1' } })
    return [
      [
        say('demo.law', { runs: runs.length }),
        `E ${law.e.toFixed(2)} · alpha ${law.alpha.toFixed(2)} · beta ${law.beta.toFixed(2)}`,
      ],
      ...advice.map(
        ({ flop, best, refusal }): Row => [
          `C = ${flop.toExponential(1)} FLOP`,
          best
            ? `${say('plan.parameters')} ${best.parameters.toExponential(1)} · ${say('plan.tokens')} ${best.tokens.toExponential(1)} · ${say('plan.loss')} ${best.loss.toFixed(2)}`
            : refusal
              ? told(refusal)
              : '',
        ],
      ),
      [say('demo.lineage'), told(meter.message)],
    ]
  }

  async function labellerRows(): Promise<Row[]> {
    const answer = await client.resources.whatIf({
      body: { cycleId: cycle.id, lambda, changes: [{ kind: 'capacity', poolId: 'labellers', by: 5 }] },
    })
    return [[say('demo.oneMore'), told(answer.message)]]
  }

  async function studioRows(): Promise<Row[]> {
    const answer = await client.resources.whatIf({
      body: { cycleId: cycle.id, lambda, changes: [{ kind: 'must', initiativeId: 'studio' }] },
    })
    return [[say('demo.keep'), told(answer.message)]]
  }
}

async function namesOf(client: Client): Promise<Map<string, string>> {
  const [initiatives, risks] = [await client.strategy.initiatives({}), await client.risk.list()]
  return new Map([...initiatives, ...risks].map(({ id, name }) => [id, name]))
}
