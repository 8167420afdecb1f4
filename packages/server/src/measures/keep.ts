/** @file Keeps measures up with time: windows slide at midnight, overrides end, running runs log. */
import { slides } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import { ledgerBehind, runsBehind } from '../facts/store.ts'
import { advance } from '../histories/advance.ts'
import { emptyHead, headsOf, insertRows, latestOf, putHeads } from '../histories/store.ts'
import { findRun } from '../runs/store.ts'
import { timesOf } from './clock.ts'
import { announce, observe } from './observe.ts'
import { endOverrides } from './overrides.ts'
import { gatherOnce } from './rebuild.ts'
import { askedOf, type Kept, measures, overrides } from './records.ts'

const LOOK_MS = 15_000
/** What is done before other requests get their turn. */
const AT_A_TIME = 25

export interface MeasureKeeper {
  close(): Promise<void>
}

/** @returns once what is there has been gathered */
export async function keepMeasures(context: Context): Promise<MeasureKeeper> {
  await context.change('capstan', gatherOnce)
  let working = Promise.resolve()
  const look = () => {
    working = working.then(() => lookOnce(context)).catch((error) => context.log.error(error))
  }
  const timer = setInterval(look, LOOK_MS)
  look()
  return {
    async close() {
      clearInterval(timer)
      await working
    },
  }
}

/** Everything that time alone has changed. */
export async function lookOnce({ db, change, now }: Pick<Context, 'db' | 'change' | 'now'>): Promise<void> {
  const at = now().toISOString()
  const ended = (await overrides.list(db)).some(
    ({ until, withdrawn, ended }) => !ended && withdrawn === null && until !== null && until <= at,
  )
  if (ended) await change('capstan', endOverrides)
  const runs = await runsBehind(db, AT_A_TIME)
  if (runs.length > 0) await change('capstan', (tx) => followRuns(tx, runs))
  const entries = await ledgerBehind(db, AT_A_TIME)
  if (entries.length > 0) {
    await change('capstan', async (tx) => {
      for (const entry of entries) await observe(tx, { source: 'ledger', entry })
    })
  }
  for (let behind = await unsettled(db, at); behind.length > 0; behind = behind.slice(AT_A_TIME)) {
    await change('capstan', (tx) => slide(tx, behind.slice(0, AT_A_TIME)))
  }
}

async function followRuns(change: Change, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const run = await findRun(change.db, id)
    if (run) await observe(change, { source: 'run', run })
  }
}

/** Measures with windows that have not slid into today. */
async function unsettled(db: Context['db'], at: string): Promise<Kept[]> {
  const slid = (await measures.list(db)).filter((measure) => {
    const query = measure.archived ? null : askedOf(measure)
    return query !== null && slides(query)
  })
  const { calendar } = await timesOf(db, at)
  const today = calendar.startOf(calendar.dayOf(at))
  const heads = await headsOf(
    db,
    slid.map(({ id }) => id),
  )
  return slid.filter(({ id }) => {
    const settled = heads.get(id)?.settled
    return settled !== undefined && settled !== '' && settled < today
  })
}

async function slide(change: Change, some: readonly Kept[]): Promise<void> {
  const { db, at } = change
  const times = await timesOf(db, at)
  const heads = await headsOf(
    db,
    some.map(({ id }) => id),
  )
  const moved: string[] = []
  for (const measure of some) {
    const { id, direction } = measure
    const before = heads.get(id) ?? emptyHead
    const { head, rows } = await advance(db, { id, direction, query: askedOf(measure)! }, before, times, null)
    await insertRows(db, rows)
    await putHeads(db, new Map([[id, head]]))
    if (JSON.stringify(latestOf(before)) !== JSON.stringify(latestOf(head))) moved.push(id)
  }
  await announce(change, moved)
}
