/** @file Decides what a measure may ask and be, before it is kept: its query, its unit, what it is made of. */
import { CapstanError, type MeasureQuery, refusedError } from '@capstan/api'
import {
  formulaRefusal,
  message,
  queryRefusal,
  type Scale,
  shownRefusal,
  standsOnItself,
} from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { pools } from '../resources/store.ts'
import { readFacts } from '../workspace/facts.ts'
import { missingOf, namedOf } from './gone.ts'
import { askedOf, type Kept, madeOf, measures } from './records.ts'

interface Defined {
  /** Of a measure that is there already. */
  id?: string
  name: string
  unit: string
  scale: Scale
  query: MeasureQuery
}

/** @throws {CapstanError} `request/refused` with why, `request/not-found` for what it names and is not there */
export async function requireSense(db: Db, defined: Defined): Promise<void> {
  const { query } = defined
  const operands = await operandsOf(db, query)
  await requireNoCircle(db, defined)
  const units = operands.map(({ unit }) => unit)
  const asked = askedOf(defined)
  const refusal =
    asked === null
      ? (query.source === 'formula' && formulaRefusal(query.operation, units, defined.unit)) ||
        shownRefusal(defined, query.source === 'margin' ? units[0]! : null)
      : queryRefusal(asked, defined, {
          currency: (await readFacts(db)).currency,
          pool: await poolUnit(db, asked.where),
        })
  if (refusal) throw refusedError(refusal)
  const named = namedOf(defined).filter(({ field }) => field !== 'endpoint')
  const [missing] = await missingOf(db, named)
  if (missing) {
    const [field, id] = missing[0].split(' ')
    throw new CapstanError('request/not-found', { noun: field!, id: id! })
  }
}

/** @throws {CapstanError} `request/not-found`; `request/refused` for an archived one */
async function operandsOf(db: Db, query: MeasureQuery): Promise<Kept[]> {
  return Promise.all(madeOf(query).map((id) => openMeasure(db, id)))
}

/** A measure that something may be bound to. */
export async function openMeasure(db: Db, id: string): Promise<Kept> {
  const measure = await measures.get(db, id)
  if (measure.archived) throw refusedError(message('measure.archived', { name: measure.name }))
  return measure
}

async function requireNoCircle(db: Db, { id, name, query }: Defined): Promise<void> {
  if (id === undefined || madeOf(query).length === 0) return
  const known = new Map((await measures.list(db)).map((measure) => [measure.id, measure.query]))
  known.set(id, query)
  const made = (of: string) => {
    const asked = known.get(of)
    return asked ? madeOf(asked) : []
  }
  if (standsOnItself(id, made)) throw refusedError(message('measure.circle', { name }))
}

/** The unit of the one pool that is asked about; null when there are several. */
async function poolUnit(
  db: Db,
  where: NonNullable<ReturnType<typeof askedOf>>['where'],
): Promise<string | null> {
  const named = where.flatMap((one) => (one.field === 'pool' && 'is' in one ? one.is : []))
  const units = new Set((await Promise.all(named.map((id) => pools.find(db, id)))).map((pool) => pool?.unit))
  const [unit] = units
  return units.size === 1 ? (unit ?? null) : null
}
