/** @file First turn, review: what the measured evidence changed, and what it proposes. */
import type { Message, Review } from '@capstan/api'
import { sentence } from '../context.ts'
import type { Strategy } from './strategy.ts'
import { clientOf, type Turn } from './turn.ts'

export async function review(turn: Turn, { cycle }: Strategy): Promise<Review> {
  const client = clientOf(turn)
  const { screen, say, language } = turn.context
  const held =
    (await client.review.list()).find(({ cycleId }) => cycleId === cycle.id) ??
    (await client.review.create({ body: {} }))
  screen.heading(say('turn.review'))
  screen.rows([
    ...(await forecasts()),
    ...held.changes
      .filter(tells)
      .map((change): [string, string] => [
        say('turn.change'),
        sentence(change, language, turn.workspace.currency),
      ]),
    ...held.proposals.flatMap((proposal): [string, string][] => [
      [
        say('turn.proposal'),
        screen.paint('brass', sentence(proposal.title, language, turn.workspace.currency)),
      ],
      ['', screen.paint('dim', sentence(proposal.reason, language, turn.workspace.currency))],
    ]),
  ])
  return held

  async function forecasts(): Promise<[string, string][]> {
    const now = await client.strategy.keyResults({ query: { cycleId: cycle.id } })
    const before = new Map(held.before.keyResults.map((result) => [result.id, result.chance]))
    const chanceOf = (chance: number | null | undefined) =>
      chance == null ? say('turn.noEvidence') : turn.format.chance(chance)
    return now.map((result) => [
      say('turn.keyResult'),
      say('turn.forecast', {
        title: result.title,
        before: chanceOf(before.get(result.id)),
        after: screen.paint('bold', chanceOf(result.forecast.chance)),
      }),
    ])
  }
}

/** Left out: what the lines above say already, and what did not change. The page shows all of it. */
const tells = ({ code, values }: Message): boolean =>
  code !== 'review.summary' &&
  !code.startsWith('review.keyResult') &&
  !code.endsWith('.same') &&
  !(code === 'review.budget' && values.spent === 0)
