/** @file The audit chain shows every edit, every removal and every new order; a cut end shows against an anchor. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { walkChain } from './audit.ts'

type Row = Parameters<ReturnType<typeof walkChain>['step']>[0]

/** As docs/transfer.md tells it, apart from the code. */
function chain(data: readonly string[]): Row[] {
  let previous = '0'.repeat(64)
  return data.map((text, i) => {
    const row = {
      ...{
        seq: i + 1,
        at: `2026-01-01T00:00:0${i % 10}.000Z`,
        actor: 'ann',
        kind: 'task.moved',
        noun: 'task',
      },
      ...{ subject: `t${i}`, data: JSON.stringify({ text }), previous },
    }
    const fields = [previous, row.seq, row.at, row.actor, row.kind, row.noun, row.subject, row.data]
    previous = createHash('sha256').update(JSON.stringify(fields)).digest('hex')
    return { ...row, hash: previous }
  })
}

function check(rows: readonly Row[], anchors: { entries: number; head: string }[] = []) {
  const walk = walkChain(anchors)
  for (const row of rows) if (!walk.step(row)) break
  return walk.end()
}

const chains = fc.array(fc.string(), { minLength: 2, maxLength: 12 }).map(chain)
const anchorOf = (rows: readonly Row[]) => ({ entries: rows.length, head: rows.at(-1)!.hash })

test('what was written is whole', () => {
  fc.assert(
    fc.property(chains, (rows) => {
      expect(check(rows, [anchorOf(rows)])).toEqual({ ...anchorOf(rows), intact: true, brokenAt: null })
    }),
  )
})

test('any edit of any field shows at its entry', () => {
  const field = fc.constantFrom('at', 'actor', 'kind', 'noun', 'subject', 'data', 'previous', 'hash', 'seq')
  fc.assert(
    fc.property(chains, fc.nat(), field, fc.string({ minLength: 1 }), (rows, n, name, more) => {
      const i = n % rows.length
      const row = rows[i]!
      const edited = { ...row, [name]: name === 'seq' ? row.seq + 1 : `${row[name as 'data']}${more}` }
      const found = check(rows.with(i, edited))
      expect(found).toMatchObject({ intact: false, brokenAt: i + 1 })
    }),
  )
})

test('an edit that is hashed anew shows in the entry after it, or against an anchor', () => {
  fc.assert(
    fc.property(chains, fc.nat(), (rows, n) => {
      const i = n % rows.length
      const forged = chain(
        rows.map((row, k) => (k === i ? 'forged!' : (JSON.parse(row.data) as { text: string }).text)),
      )
      fc.pre(forged[i]!.hash !== rows[i]!.hash)
      const one = rows.with(i, forged[i]!)
      expect(check(one, [anchorOf(rows)]).intact).toBe(false)
      if (i < rows.length - 1) expect(check(one)).toMatchObject({ intact: false, brokenAt: i + 2 })
      // all of it written anew: only who kept the end knows
      expect(check(forged).intact).toBe(true)
      expect(check(forged, [anchorOf(rows)]).intact).toBe(false)
    }),
  )
})

test('any removal and any new order shows', () => {
  fc.assert(
    fc.property(chains, fc.nat(), fc.nat(), (rows, m, n) => {
      const [i, j] = [m % rows.length, n % rows.length]
      const without = rows.toSpliced(i, 1)
      expect(check(without, [anchorOf(rows)])).toMatchObject({ intact: false, brokenAt: i + 1 })
      if (i < rows.length - 1) expect(check(without)).toMatchObject({ intact: false, brokenAt: i + 1 })
      if (i === j) return
      const swapped = rows.with(i, rows[j]!).with(j, rows[i]!)
      expect(check(swapped)).toMatchObject({ intact: false, brokenAt: Math.min(i, j) + 1 })
      const renumbered = swapped.map((row, k) => ({ ...row, seq: k + 1 }))
      expect(check(renumbered).intact).toBe(false)
    }),
  )
})
