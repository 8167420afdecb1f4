/** @file Routes of initiatives: put forward, changed, ranked, withdrawn. */
import { api, type Belief, type Initiative, refusedError } from '@capstan/api'
import { agreement, beliefRefusal, betaOf, betRefusal, message, periodsUntil, rank } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { cycles } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { designs } from '../designs/store.ts'
import { bind } from '../http/register.ts'
import { segments } from '../market/store.ts'
import { timesOf } from '../measures/clock.ts'
import { requireMember } from '../members/store.ts'
import { inWorkspaceCurrency } from '../resources/money.ts'
import { pools } from '../resources/store.ts'
import { tasks } from '../team/store.ts'
import { initiatives, initiativesOf, isUsed, keyResults } from './store.ts'

/** Once work goes on, these are what reviews and allocations decide about. */
const decided = ['needs', 'earliest', 'latest', 'prerequisites', 'exclusions'] as const

export function initiativeRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.strategy.initiatives, ({ query }) => initiativesOf(db, query?.cycleId))
  bind(app, api.strategy.ranking, async ({ query }) => {
    const ranked = rank(await initiativesOf(db, query?.cycleId), await pools.list(db))
    const named = new Map((await initiatives.list(db)).map(({ id, name }) => [id, name]))
    return {
      ranked: ranked.map((one) => ({ name: named.get(one.id) ?? one.id, ...one })),
      agreement: { rice: agreement(ranked, 'rice'), wsjf: agreement(ranked, 'wsjf') },
    }
  })
  bind(app, api.strategy.initiative, ({ params }) => initiatives.get(db, params.id))

  bind(app, api.strategy.createInitiative, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const { currency, belief, chance, latest, ...given } = body
      const periods = await periodsOf(tx, body.cycleId, at)
      const initiative = {
        id: newId('initiative'),
        ...given,
        chance: chanceFrom(body.name, chance, belief) ?? { alpha: 1, beta: 1 },
        value: await converted(tx, body.value, currency, at),
        latest: latest ?? Math.max(body.earliest, periods - 1),
        state: 'candidate' as const,
        evidence: [],
      }
      await requireSense(tx, initiative, periods)
      const saved = await initiatives.insert(tx, initiative)
      await record('initiative', 'proposed', saved.id, { name: saved.name })
      return saved
    }),
  )

  bind(app, api.strategy.editInitiative, ({ params, body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const { revision, currency, belief, chance, value, ...given } = body
      const before = await initiatives.get(tx, params.id)
      const believed = chanceFrom(before.name, chance, belief)
      const priced = value && (await converted(tx, value, currency, at))
      const edited = await initiatives.edit(tx, params.id, revision, (i) => ({
        ...i,
        ...given,
        ...(believed ? { chance: believed } : {}),
        ...(priced ? { value: priced } : {}),
      }))
      if (before.state !== 'candidate' && before.state !== 'declined') {
        if (decided.some((field) => JSON.stringify(before[field]) !== JSON.stringify(edited[field])))
          throw refusedError(message('initiative.running', { name: before.name, state: before.state }))
      }
      await requireSense(tx, edited, await periodsOf(tx, edited.cycleId, at))
      await record('initiative', 'edited', edited.id, {
        name: edited.name,
        fields: Object.keys(body)
          .filter((field) => field !== 'revision')
          .join(', '),
      })
      return edited
    }),
  )

  bind(app, api.strategy.removeInitiative, ({ params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { id, name, state } = await initiatives.get(tx, params.id)
      const users = (await initiatives.list(tx))
        .filter((other) => [...other.prerequisites, ...other.exclusions].includes(id))
        .map((other) => other.name)
      const worked = (await tasks.list(tx)).filter(({ initiativeId }) => initiativeId === id)
      if (state !== 'candidate' && state !== 'declined')
        throw refusedError(message('initiative.running', { name, state }))
      const resting = [...users, ...worked.map(({ title }) => title)]
      if (resting.length > 0 || (await isUsed(tx, id)))
        throw refusedError(message('initiative.used', { name, users: resting.join(', ') || '–' }))
      await initiatives.remove(tx, id)
      await record('initiative', 'removed', id, { name })
      return { id }
    }),
  )
}

/** As many as the longest pool has a capacity for, and at least as many as the cycle has. */
async function periodsOf(db: Db, cycleId: string, now: string): Promise<number> {
  const cycle = await cycles.get(db, cycleId)
  const { calendar } = await timesOf(db, now)
  const own = periodsUntil(cycle.start, cycle.end, cycle.period ?? 'week', calendar)
  return Math.max(own, ...(await pools.list(db)).map(({ capacity }) => capacity.length))
}

function chanceFrom(
  name: string,
  chance: Initiative['chance'] | undefined,
  belief: Belief | undefined,
): Initiative['chance'] | null {
  if (belief === undefined) return chance ?? null
  const refusal = chance ? message('belief.two', { name }) : beliefRefusal(name, belief)
  if (refusal) throw refusedError(refusal)
  return betaOf(belief)
}

async function converted(
  db: Db,
  { low, mode, high }: Initiative['value'],
  currency: string | undefined,
  at: string,
): Promise<Initiative['value']> {
  const { rate } = await inWorkspaceCurrency(db, 1, currency, at)
  return { low: low * rate, mode: mode * rate, high: high * rate }
}

/** @throws {CapstanError} for what does not exist, and for bets that could never be placed */
async function requireSense(db: Db, initiative: Initiative, periods: number): Promise<void> {
  const { estimatorId, designId, segmentId, serves = [] } = initiative
  await requireMember(db, estimatorId)
  if (designId !== null) await designs.get(db, designId)
  if (segmentId) await segments.get(db, segmentId)
  for (const id of serves) await keyResults.get(db, id)
  for (const id of Object.keys(initiative.needs)) await pools.get(db, id)
  const others = (await initiatives.list(db)).filter(({ id }) => id !== initiative.id)
  for (const id of [...initiative.prerequisites, ...initiative.exclusions])
    if (id !== initiative.id) await initiatives.get(db, id)
  const refusal = betRefusal(initiative, others, periods)
  if (refusal) throw refusedError(refusal)
}
