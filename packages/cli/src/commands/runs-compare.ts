/** @file `capstan runs compare`: what differs between runs, what was put in before what came out. */
import type { Difference } from '@capstan/api'
import type { Context } from '../context.ts'
import { findRun } from '../runs/find.ts'
import { onServer, type Shared } from '../runs/on-server.ts'
import { digits } from '../terminal/spark.ts'
import { truncate } from '../terminal/width.ts'

/** A value that is longer is to be looked at by itself. */
const VALUE_WIDTH = 28

export async function compareRuns(
  context: Context,
  references: readonly string[],
  options: Shared & { all?: boolean },
): Promise<number> {
  return onServer(context, options, async ({ client }) => {
    const { screen, say } = context
    const runIds: string[] = []
    for (const reference of references) runIds.push((await findRun(client, reference)).id)
    const compared = await client.tracking.compare({ body: { runIds } })
    if (options.json) return screen.line(JSON.stringify(compared, null, 2))
    const shown = compared.rows.filter(({ differs }) => options.all === true || differs)
    screen.table([
      ['', '', ...compared.runs.map(({ number, name }) => truncate(`#${number} ${name}`, VALUE_WIDTH))],
      ...shown.map(({ group, key, values }, i) => [
        shown[i - 1]?.group === group ? '' : say(`compare.${group}`),
        truncate(key, 2 * VALUE_WIDTH),
        ...values.map(cellOf),
      ]),
    ])
    const equal = compared.rows.length - shown.length
    if (equal > 0) screen.line(say('compare.equal', { n: equal }))
  })
}

const cellOf = (value: Difference['values'][number]): string =>
  value === null ? '–' : truncate(digits(value).replaceAll(/\s+/g, ' '), VALUE_WIDTH)
