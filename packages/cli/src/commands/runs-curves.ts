/** @file `capstan runs curves`: the curves of a run, thinned keeping their extremes. */
import type { CurveBuckets } from '@capstan/api'
import type { Context } from '../context.ts'
import { findRun } from '../runs/find.ts'
import { onServer, type Shared } from '../runs/on-server.ts'
import { digits, spark } from '../terminal/spark.ts'

interface Wanted extends Shared {
  axis: 'step' | 'time' | 'wall'
  points: number
  smoothing?: number
}

/** As many as a request takes. */
const MOST_KEYS = 50

export async function runsCurves(
  context: Context,
  reference: string,
  metrics: readonly string[],
  options: Wanted,
): Promise<number> {
  return onServer(context, options, async ({ client }) => {
    const { screen, say } = context
    const { id } = await findRun(client, reference)
    const logged = (await client.tracking.get({ params: { id } })).metrics
    const keys = metrics.length > 0 ? metrics : Object.keys(logged).slice(0, MOST_KEYS)
    if (keys.length === 0) return screen.line(options.json ? '[]' : say('curves.none'))
    const { axis, points: buckets, smoothing } = options
    const curves = await client.tracking.curves({
      body: {
        runIds: [id],
        keys: [...keys],
        axis,
        buckets,
        ...(smoothing === undefined ? {} : { smoothing }),
      },
    })
    if (options.json) return screen.line(JSON.stringify(curves, null, 2))
    if (curves.length === 0) return screen.line(say('curves.none'))
    screen.table([
      ['', '', say('curves.last'), say('curves.least'), say('curves.most'), say('curves.points')],
      ...curves.map(rowOf),
    ])
  })
}

function rowOf({ key, points, mean, smoothed, min, max, last }: CurveBuckets): string[] {
  const numbers = (values: readonly (number | string)[]) => values.map(Number)
  const finite = (values: readonly (number | string)[]) => numbers(values).filter(Number.isFinite)
  return [
    key,
    spark(numbers(smoothed ?? mean)),
    digits(last.at(-1) ?? ''),
    digits(Math.min(...finite(min))),
    digits(Math.max(...finite(max))),
    String(points),
  ]
}
