/** @file Draws risks, simulations, mitigations, incidents and the appetite as tables of the terminal. */
import type {
  CatalogueRisk,
  Incident,
  Indicator,
  Loss,
  Mitigation,
  Risk,
  RiskAppetite,
  RiskSimulation,
  TornadoBar,
} from '@capstan/api'
import { meanRate } from '@capstan/domain'
import type { z } from 'zod'
import { type Context, sentence } from '../context.ts'
import { bar } from '../terminal/bar.ts'
import type { Format } from '../terminal/format.ts'

export interface Pen {
  context: Context
  format: Format
  currency: string
}

const plain = (format: Format, value: number): string => format.number(value, value < 10 ? 2 : 0)

export const lossText = (format: Format, loss: Loss): string => {
  if (loss.kind === 'fixed') return format.money(loss.amount)
  return loss.kind === 'lognormal'
    ? format.interval(format.money(loss.low), format.money(loss.high))
    : format.interval(format.money(loss.min), format.money(loss.max))
}

export function drawRisks({ context: { screen, say }, format }: Pen, risks: readonly Risk[]) {
  if (risks.length === 0) return screen.line(say('risks.none'))
  screen.table([
    [
      ...[say('risks.risk'), say('risks.frequency'), say('risks.incidents'), say('risks.loss')],
      ...[say('risks.ale'), say('risks.inherent'), say('risks.treatment'), say('risks.origin')],
    ],
    ...risks.map(({ name, now, loss, treatment, frequencyFactor, origin }) => [
      name,
      say('risks.yearly', {
        rate: plain(format, meanRate(now.frequency)),
        low: plain(format, now.interval[0]),
        high: plain(format, now.interval[1]),
      }) + (frequencyFactor === 1 ? '' : ` ×${plain(format, frequencyFactor)}`),
      String(now.incidents),
      lossText(format, loss),
      format.money(now.ale),
      format.money(now.inherentAle),
      say(`risks.treatment.${treatment}`),
      say(`risks.origin.${origin}`),
    ]),
  ])
}

export function drawCatalogue({ context: { screen, say }, format }: Pen, all: readonly CatalogueRisk[]) {
  screen.table([
    [say('risks.key'), say('risks.risk'), say('risks.frequency'), say('risks.loss'), say('risks.references')],
    ...all.map(({ key, name, frequency, loss, references, riskId }) => [
      `${riskId ? '✓ ' : ''}${key}`,
      name,
      format.interval(plain(format, frequency.low), plain(format, frequency.high)),
      format.interval(format.money(loss.low), format.money(loss.high)),
      (Object.keys(short) as (keyof typeof short)[])
        .map(
          (source) =>
            [
              short[source],
              references.filter((one) => one.source === source).map(({ number }) => number),
            ] as const,
        )
        .filter(([, numbers]) => numbers.length > 0)
        .map(([source, numbers]) => `${say(source)} ${numbers.join(' ')}`)
        .join(' · '),
    ]),
  ])
  screen.line(say('risks.catalogueNote'))
}

const short = {
  'nist-ai-rmf': 'risks.nist',
  'iso-42001': 'risks.iso',
  'eu-ai-act': 'risks.eu',
  'cn-genai-measures': 'risks.cn',
  'tc260-003': 'risks.tc260',
} as const

export function drawSimulation(
  { context: { screen, say }, format }: Pen,
  simulation: RiskSimulation,
  risks: readonly Risk[],
) {
  const { inherent } = simulation
  const row = (label: string, key: 'ale' | 'var95' | 'es95' | 'var99' | 'es99', error?: number): string[] => [
    label,
    format.money(simulation[key] ?? 0) + (error === undefined ? '' : ` ± ${format.money(error)}`),
    ...(inherent ? [format.money(inherent[key] ?? 0)] : []),
  ]
  screen.table([
    ['', say('risks.residual'), ...(inherent ? [say('risks.inherent')] : [])],
    row(say('risks.ale'), 'ale', simulation.aleError),
    row(say('risks.var95'), 'var95', simulation.var95Error),
    row(say('risks.es95'), 'es95', simulation.es95Error),
    row(say('risks.var99'), 'var99'),
    row(say('risks.es99'), 'es99'),
  ])
  screen.line(say('risks.noLoss', { chance: format.percent(simulation.chanceOfNoLoss) }))
  screen.line()
  screen.table([
    [say('risks.risk'), say('risks.ale'), say('risks.share'), say('risks.tail')],
    ...[...simulation.contributions]
      .sort((a, b) => (b.tailShare ?? 0) - (a.tailShare ?? 0))
      .map(({ riskId, ale, share, tailShare = 0 }) => [
        risks.find(({ id }) => id === riskId)?.name ?? riskId,
        format.money(ale),
        format.percent(share),
        `${bar(tailShare, 12)} ${format.percent(tailShare)}`,
      ]),
  ])
  screen.line(
    say('risks.simulated', {
      years: format.number(simulation.years),
      seed: simulation.seed,
      time: format.seconds(simulation.simulatedInMs / 1000),
    }),
  )
}

export function drawTornado(
  { context: { screen, say }, format }: Pen,
  bars: readonly z.infer<typeof TornadoBar>[],
  risks: readonly Risk[],
) {
  if (bars.length === 0) return screen.line(say('risks.noBars'))
  const widest = bars[0]!.high.ale - bars[0]!.low.ale
  screen.table([
    [say('risks.risk'), say('risks.input'), say('risks.range'), say('risks.aleFromTo'), ''],
    ...bars.map(({ riskId, input, low, high }) => {
      const show = (value: number) => (input === 'loss' ? format.money(value) : plain(format, value))
      return [
        risks.find(({ id }) => id === riskId)?.name ?? riskId,
        say(`risks.input.${input}`),
        format.interval(show(low.value), show(high.value)),
        format.interval(format.money(low.ale), format.money(high.ale)),
        bar((high.ale - low.ale) / widest, 16),
      ]
    }),
  ])
}

export function drawMitigations(
  { context: { screen, say }, format }: Pen,
  all: readonly Mitigation[],
  risks: readonly Risk[],
) {
  const shown = all.filter(({ archived }) => !archived)
  if (shown.length === 0) return screen.line(say('risks.noMitigations'))
  screen.table([
    [
      ...[say('risks.mitigation'), say('risks.risk'), say('risks.effect'), say('risks.cost')],
      ...[say('risks.saved'), say('risks.return'), say('risks.state')],
    ],
    ...shown.map(({ name, riskId, frequencyFactor, lossFactor, annualCost, worth, adopted }) => [
      name,
      risks.find(({ id }) => id === riskId)?.name ?? riskId,
      say('risks.factors', { frequency: plain(format, frequencyFactor), loss: plain(format, lossFactor) }),
      format.money(annualCost),
      worth ? format.money(worth.saved) : '-',
      worth === null || worth.returnOnCost === null ? '-' : format.percent(worth.returnOnCost, 0),
      adopted ? say('risks.adopted') : worth?.worthIt ? say('risks.pays') : say('risks.paysNot'),
    ]),
  ])
}

export function drawIncidents(
  { context: { screen, say }, format }: Pen,
  all: readonly Incident[],
  risks: readonly Risk[],
) {
  if (all.length === 0) return screen.line(say('risks.noIncidents'))
  screen.table([
    [
      ...[say('risks.when'), say('risks.incident'), say('risks.risk'), say('risks.severity')],
      ...[say('risks.cost'), say('risks.state'), ''],
    ],
    ...all.map(({ id, at, title, riskId, severity, loss, state }) => [
      format.date(at),
      title,
      riskId === null ? '-' : (risks.find((risk) => risk.id === riskId)?.name ?? riskId),
      say(`risks.severity.${severity}`),
      loss === null ? '-' : format.money(loss),
      say(`risks.incident.${state}`),
      id,
    ]),
  ])
}

export function drawIndicators(
  { context: { screen, say }, format }: Pen,
  all: readonly Indicator[],
  risks: readonly Risk[],
  measures: readonly { id: string; name: string; unit: string }[],
) {
  if (all.length === 0) return screen.line(say('risks.noIndicators'))
  screen.table([
    [say('risks.state'), say('risks.measure'), say('risks.now'), say('risks.limits'), say('risks.risk')],
    ...all.map(({ state, measureId, value, amber, red, riskId }) => [
      say(`state.${state}`),
      measures.find(({ id }) => id === measureId)?.name ?? measureId,
      value === null ? '-' : plain(format, value),
      say('risks.amberRed', { amber: plain(format, amber), red: plain(format, red) }),
      risks.find(({ id }) => id === riskId)?.name ?? riskId,
    ]),
  ])
}

export function drawAppetite({ context, format, currency }: Pen, appetite: RiskAppetite | null) {
  const { screen, say, language } = context
  if (!appetite) return screen.line(say('risks.noAppetite'))
  const { points, standing, gatesReleases } = appetite
  screen.table([
    [say('risks.lossOver'), say('risks.tolerated'), say('risks.found'), ''],
    ...points.map(({ loss, chance }) => {
      const found = standing.points.find((point) => point.loss === loss)
      return [
        format.money(loss),
        format.percent(chance, 2),
        found ? format.percent(found.found, 2) : '-',
        found ? say(found.within ? 'risks.within' : 'risks.beyond') : '',
      ]
    }),
  ])
  if (standing.refusal) screen.line(sentence(standing.refusal, language, currency))
  screen.line(say(gatesReleases ? 'risks.gates' : 'risks.gatesNot'))
}
