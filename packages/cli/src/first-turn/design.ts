/** @file First turn, design: the article's listing is refused before any training, three designs are traced. */
import { ApiError, type Design } from '@capstan/api'
import { articleListing, digits, namedDesigns } from '../designs/named.ts'
import { bets } from './plan.ts'
import { clientOf, ensure, type Turn } from './turn.ts'

/** Kept designs by name. */
export type Designs = Record<string, Design>

export async function design(turn: Turn): Promise<Designs> {
  const client = clientOf(turn)
  const { screen, say } = turn.context
  const refusal = await refusalOf(() => client.designs.check({ body: articleListing }))
  const kept: Designs = {}
  for (const { design: name, designName } of bets)
    kept[designName] = await ensure(
      client.designs.list(),
      (known) => known.name === designName,
      () =>
        client.designs.create({
          body: {
            name: designName,
            description: turn.plan.text.initiatives[name].summary,
            source: namedDesigns[name](digits),
          },
        }),
    )

  screen.heading(say('turn.design'))
  if (refusal !== null)
    screen.rows([
      [say('turn.article'), `${screen.paint('warn', refusal.body.message)} ${say('turn.caught')}`],
    ])
  screen.rows(
    bets.map(({ designName }): [string, string] => {
      const { source, summary } = kept[designName]!
      return [
        designName,
        say('turn.designNumbers', {
          layers: source.layers.map((layer) => layer.type).join(' › '),
          parameters: turn.format.number(summary.parameters),
          flops: turn.format.number(summary.flops / 1e6, 2),
        }),
      ]
    }),
  )
  return kept
}

async function refusalOf(check: () => Promise<unknown>): Promise<ApiError | null> {
  try {
    await check()
    return null
  } catch (error) {
    if (error instanceof ApiError && error.body.code.startsWith('design/')) return error
    throw error
  }
}
