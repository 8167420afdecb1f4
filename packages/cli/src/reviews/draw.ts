/** @file Draws reviews, proposals, what-ifs and the history of turns as tables of the terminal. */
import type { Effect, Outcome, PlanWhatIf, Proposal, Review, TrackRecord } from '@capstan/api'
import { type Context, sentence } from '../context.ts'
import type { Format } from '../terminal/format.ts'

export interface Pen {
  context: Context
  format: Format
  currency: string
}

export function drawReview(pen: Pen, review: Review, cycle: string): void {
  const { context, format, currency } = pen
  const { screen, say, language } = context
  screen.line(say('review.head', { cycle, date: format.date(review.at), id: review.id }))
  for (const change of review.changes) screen.line(`  ${sentence(change, language, currency)}`)
  drawOutcomes(pen, review.outcomes ?? [])
  if (review.scores.length > 0) {
    screen.line()
    screen.line(say('review.scores'))
    for (const { title, rule, value } of review.scores)
      screen.line(`  ${title}: ${say(`review.rule.${rule}`)} ${format.number(value, 3)}`)
  }
  screen.line()
  drawProposals(pen, review)
}

function drawOutcomes({ context: { screen, say }, format }: Pen, outcomes: readonly Outcome[]): void {
  const told = outcomes.filter(({ predicted, came }) => predicted !== null || came !== null)
  if (told.length === 0) return
  const shown = ({ scale, unit, kind }: Outcome, value: number | null) =>
    value === null
      ? '-'
      : scale === 'proportion'
        ? kind === 'decision'
          ? format.percent(value, 0)
          : format.percent(value)
        : `${plain(format, value)} ${unit}`.trim()
  screen.line()
  screen.table([
    [say('review.what'), say('review.predicted'), say('review.interval'), say('review.came')],
    ...told.map((outcome) => [
      say('review.labelled', {
        label: say(`review.kind.${outcome.kind}`),
        name: outcome.kind === 'runTime' ? say('review.runsOf', { n: outcome.name }) : outcome.name,
      }),
      shown(outcome, outcome.predicted),
      outcome.low === null || outcome.high === null
        ? ''
        : format.interval(shown(outcome, outcome.low), shown(outcome, outcome.high)),
      shown(outcome, outcome.came),
    ]),
  ])
}

/** Numbered as they are named in the commands. */
function drawProposals({ context, format, currency }: Pen, { proposals }: Review): void {
  const { screen, say, language } = context
  screen.line(say(proposals.length === 0 ? 'review.noProposals' : 'review.proposals'))
  for (const [i, proposal] of proposals.entries()) {
    const { title, reason, effect, effects, state } = proposal
    const mark = state === 'open' ? '' : ` [${say(`review.state.${state}`)}]`
    screen.line(`${String(i + 1).padStart(3)}  ${sentence(title, language, currency)}${mark}`)
    screen.line(`     ${sentence(reason, language, currency)}`)
    screen.line(`     ${sentence(effect, language, currency)}`)
    for (const line of effectLines(context, format, effects ?? null)) screen.line(`     ${line}`)
    if (proposal.note) screen.line(`     ${say('review.note', { note: proposal.note })}`)
  }
}

/** Objectives whose chance a change moves. */
function effectLines({ say }: Context, format: Format, effects: Effect | null): string[] {
  if (effects === null) return [say('review.needsOther')]
  return effects.objectives
    .filter(({ before, after }) => before !== after)
    .map(({ title, before, after }) =>
      say('review.objective', {
        title,
        before: before === null ? say('review.unknown') : format.percent(before),
        after: after === null ? say('review.unknown') : format.percent(after),
        basis: say(`review.basis.${effects.basis}`),
      }),
    )
}

export function drawWhatIf({ context, format }: Pen, { before, after, resolved }: PlanWhatIf): void {
  const { screen, say } = context
  const chance = (value: number | null) => (value === null ? say('review.unknown') : format.percent(value))
  const rows: [string, string, string][] = []
  const row = (name: string, then: string, now: string) => {
    if (then !== now) rows.push([name, then, now])
  }
  row(say('review.cycle'), String(before.cycle.number), String(after.cycle.number))
  const pair = <T extends { id: string }>(
    all: readonly T[],
    then: readonly T[],
    name: (item: T) => string,
    show: (item: T) => string,
  ) => {
    for (const item of all) {
      const found = then.find(({ id }) => id === item.id)
      row(name(item), found ? show(found) : '-', show(item))
    }
  }
  pair(
    after.objectives,
    before.objectives,
    ({ title }) => title,
    (o) => chance(o.chance),
  )
  pair(
    after.keyResults,
    before.keyResults,
    ({ name }) => name,
    (k) => `${say('review.target', { target: plain(format, k.target) })} ${chance(k.chance)}`,
  )
  pair(
    after.initiatives,
    before.initiatives,
    ({ name }) => name,
    (i) => `${say(`review.initiative.${i.state as 'funded'}`)} ${format.percent(i.chance)}`,
  )
  pair(
    after.pools,
    before.pools,
    ({ name }) => name,
    (p) =>
      say('review.granted', {
        granted: plain(format, p.granted),
        capacity: plain(format, p.capacity),
        unit: p.unit,
      }),
  )
  pair(
    after.risks,
    before.risks,
    ({ name }) => name,
    (r) => say('review.yearly', { frequency: plain(format, r.frequency), ale: format.money(r.ale) }),
  )
  row(say('resources.value'), format.money(before.expectedValue), format.money(after.expectedValue))
  row(say('review.ale'), format.money(before.ale), format.money(after.ale))
  if (rows.length === 0) screen.line(say('review.same'))
  else screen.table([['', say('review.before'), say('review.after')], ...rows])
  if (resolved)
    screen.line(
      say('review.resolved', {
        chosen:
          resolved.chosen.map(({ name }) => name).join(context.language === 'zh-CN' ? '、' : ', ') || '-',
        value: format.money(resolved.expectedValue),
      }),
    )
}

export function drawHistory({ context, format }: Pen, { turns, trends }: TrackRecord): void {
  const { screen, say } = context
  if (turns.length === 0) {
    screen.line(say('review.noTurns'))
    return
  }
  const mean = (scored: { mean: number; count: number } | null) =>
    scored ? `${format.number(scored.mean, 3)} (${scored.count})` : '-'
  screen.table([
    [
      say('review.cycle'),
      say('review.rule.brier'),
      say('review.rule.crps'),
      say('review.coverage'),
      say('review.estimates'),
      say('review.budget'),
      say('review.value'),
    ],
    ...turns.map((turn) => [
      `${turn.number} ${turn.name}${turn.closed ? '' : ` (${say('review.open')})`}`,
      mean(turn.brier),
      mean(turn.crps),
      turn.coverage
        ? `${format.percent(turn.coverage.share, 0)} (${turn.coverage.hits}/${turn.coverage.count})`
        : '-',
      turn.estimates ? `× ${format.number(turn.estimates.factor, 2)} (${turn.estimates.count})` : '-',
      turn.budget ? `${turn.budget.error >= 0 ? '+' : ''}${format.percent(turn.budget.error, 0)}` : '-',
      turn.value ? `${format.money(turn.value.predicted)} → ${format.money(turn.value.came)}` : '-',
    ]),
  ])
  screen.line()
  for (const key of ['brier', 'crps', 'coverage', 'estimates', 'budget', 'value'] as const) {
    const { verdict, slope, low, high, count } = trends[key]
    const signed = (value: number) => `${value > 0 ? '+' : ''}${format.number(value, 3)}`
    screen.line(
      `  ${say(`review.miss.${key}`)}: ${say(`review.verdict.${verdict}`)}${
        verdict === 'few'
          ? ` (${count})`
          : ` (${say('review.slope', { slope: signed(slope), low: signed(low), high: signed(high) })})`
      }`,
    )
  }
}

export const drawDecided = ({ context, currency }: Pen, proposals: readonly Proposal[]): void => {
  for (const { title, state } of proposals)
    context.screen.line(
      `${context.say(`review.state.${state}`)}: ${sentence(title, context.language, currency)}`,
    )
}

const plain = (format: Format, value: number): string =>
  format.number(value, Number.isInteger(value) || Math.abs(value) >= 1000 ? 0 : Math.abs(value) < 1 ? 3 : 1)
