/** @file The document leaves out no table unsaid, and what it reads back is what it wrote. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openDatabase } from '../database/open.ts'
import { withoutSecrets } from './secrets.ts'
import { filled, valuesAt } from './spec.ts'
import { leftOut, tables } from './tables.ts'

test('every table of the database is exported, or left out with a reason', async () => {
  const { db, close } = await openDatabase(mkdtempSync(join(tmpdir(), 'capstan-tables-')))
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`.execute(db)
  await close()
  const told = [...tables.map(([table]) => table), ...leftOut.map(({ table }) => table), 'schema_version']
  expect(rows.map(({ name }) => name).sort()).toEqual([...told].sort())
  expect(leftOut.every(({ why }) => why.length > 10)).toBe(true)
})

test('every column of a table is read', async () => {
  const { db, close } = await openDatabase(mkdtempSync(join(tmpdir(), 'capstan-tables-')))
  for (const [table, spec] of tables) {
    const { rows } = await sql<{ name: string }>`select name from pragma_table_info(${table})`.execute(db)
    const columns = rows
      .map(({ name }) => name)
      .filter((name) => name !== 'position' && name !== 'lease_until')
    const blank = Object.fromEntries(
      columns.map((name) => [name, name === 'body' ? '{"execution":{"command":null}}' : null]),
    )
    const written = Object.keys(spec.into(spec.out(blank)))
    expect([table, columns.filter((name) => !written.includes(name))]).toEqual([table, []])
  }
  await close()
})

test('links reach elements, keys and fields', () => {
  const record = { needs: { a: [1], b: [2] }, list: [{ id: 'x' }, { id: null }], one: { id: 'y' } }
  expect(valuesAt(record, 'needs.@')).toEqual(['a', 'b'])
  expect(valuesAt(record, 'list.*.id')).toEqual(['x'])
  expect(valuesAt(record, 'one.id')).toEqual(['y'])
  expect(valuesAt(record, 'none.*.id')).toEqual([])
})

test('what a schema does not know of is kept, what it fills in stands', () => {
  expect(filled({ a: { b: 1, odd: 2 }, c: [{ d: 1 }] }, { a: { b: 1, e: 3 }, c: [{ f: 0 }] })).toEqual({
    a: { b: 1, odd: 2, e: 3 },
    c: [{ d: 1, f: 0 }],
  })
})

test('variables of a command that look like secrets lose their values', () => {
  const variables = { OPENAI_API_KEY: 'sk-1', HF_TOKEN: 'hf', DB_PASSWORD: 'p', CUDA_VISIBLE_DEVICES: '0' }
  expect(withoutSecrets('captures', { run: 1, body: { folder: '/x', variables } })).toEqual({
    run: 1,
    body: {
      folder: '/x',
      variables: { OPENAI_API_KEY: '', HF_TOKEN: '', DB_PASSWORD: '', CUDA_VISIBLE_DEVICES: '0' },
    },
  })
})
