/** @file Finds out what measures ask about that is no longer there, by name. */
import { type FactSource, namedBy } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { formerName, presentOf, referenceTables } from '../subjects/store.ts'
import { askedOf, type MeasureRecord, madeOf, type Standing } from './records.ts'

type Named = { field: string; id: string }
const nameOf = ({ field, id }: Named) => `${field} ${id}`

/** @returns what each measure is lost without, in words; nothing of those that have all they ask about */
export async function goneOf(
  db: Db,
  records: readonly Pick<MeasureRecord, 'id' | 'query'>[],
  standing: Standing,
): Promise<Map<string, string[]>> {
  const asked = records.map((record) => ({ record, named: namedOf(record) }))
  const missing = await missingOf(
    db,
    asked.flatMap(({ named }) => named),
  )
  const gone = new Map<string, string[]>()
  for (const { record, named } of asked) {
    const begun = standing.heads.get(record.id)?.last !== undefined
    const things = named.flatMap((one) => {
      const name = missing.get(nameOf(one))
      // an endpoint may be measured before it is there
      return name === undefined || (one.field === 'endpoint' && !begun) ? [] : name
    })
    for (const id of madeOf(record.query)) {
      const operand = standing.records.get(id)
      if (!operand || operand.archived) things.push(operand?.name ?? id)
    }
    if (things.length > 0) gone.set(record.id, things)
  }
  return gone
}

export function namedOf(record: Pick<MeasureRecord, 'query'>): Named[] {
  const query = askedOf(record)
  return query === null ? [] : namedBy(query).filter(({ field }) => isReference(query.of, field))
}

const isReference = (source: FactSource, field: string): boolean =>
  field in referenceTables ||
  field === 'endpoint' ||
  field === 'experiment' ||
  (field === 'run' && source !== 'ledger')

/** Those that are not there, with the names they had. */
export async function missingOf(db: Db, named: readonly Named[]): Promise<Map<string, string>> {
  const missing = new Map<string, string>()
  for (const field of new Set(named.map((one) => one.field))) {
    const ids = [...new Set(named.flatMap((one) => (one.field === field ? one.id : [])))]
    const there = await presentOf(db, field, ids)
    for (const id of ids) {
      if (!there.has(id))
        missing.set(nameOf({ field, id }), (await formerName(db, id)) ?? nameOf({ field, id }))
    }
  }
  return missing
}
