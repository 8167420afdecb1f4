/** @file Lets measures stand on what an import has brought: facts, where they end, and the indicators that watch them. */
import { type Fact, type FactSource, factSources, indicatorState } from '@capstan/domain'
import type { Change } from '../context.ts'
import { emptyHead, isDerived, putHeads, rowsOf } from '../histories/store.ts'
import { indicators } from '../risk/store.ts'
import { updateIndicator } from '../risk/watch.ts'
import { timesOf } from './clock.ts'
import { gather, givenOf, rebuildOne, repair } from './rebuild.ts'
import { askedOf, measures } from './records.ts'
import { latestNow, standingOf } from './store.ts'

/** Tells nobody of points that moved: they did so before. */
export async function restoreMeasures(change: Change): Promise<void> {
  const { db, at } = change
  const facts = new Map<FactSource, Fact[]>()
  for (const source of factSources) {
    const found = await gather(db, source)
    await repair(db, source, found)
    facts.set(source, found.facts)
  }
  const all = await measures.list(db)
  const times = await timesOf(db, at)
  for (const measure of all) {
    const query = measure.archived ? null : askedOf(measure)
    if (query) await rebuildOne(db, measure, query, facts.get(query.of) ?? [], times, true)
    else {
      const given = (await rowsOf(db, measure.id)).findLast((row) => !isDerived(row))
      if (given) await putHeads(db, new Map([[measure.id, { ...emptyHead, given: givenOf(given) }]]))
    }
  }
  const standing = await standingOf(db, all, at)
  for (const indicator of await indicators.list(db)) {
    const measure = standing.records.get(indicator.measureId)
    const point = measure && latestNow(standing, measure.id)
    if (!point) continue
    const limits = { ...indicator, direction: measure.direction }
    const said = indicatorState(point.value, limits, indicator.said)
    if (said !== indicator.said || point.value !== indicator.value)
      await updateIndicator(change, indicator, measure, point.value)
  }
}
