/** @file Tests of search expressions: what parses, into what, and how the rest is refused. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capstanRules, type Expression, mlflowRules, parseExpression, parseOrderBy } from './expression.ts'

const parsed = (text: string, rules = capstanRules) => {
  const result = parseExpression(text, rules)
  if (!result.ok) throw new Error(`${result.refusal.code} ${JSON.stringify(result.refusal.values)}`)
  return result.value
}
const refusal = (text: string, rules = mlflowRules) => {
  const result = parseExpression(text, rules)
  return result.ok ? null : result.refusal.code
}

describe('parseExpression', () => {
  it.each([
    ['metrics.acc > 0.5', 'metric', 'acc', '>', 0.5],
    ['metric.acc>=-1e-3', 'metric', 'acc', '>=', -0.001],
    ["params.lr = '0.01'", 'param', 'lr', '=', '0.01'],
    ['parameters."a b" != "x"', 'param', 'a b', '!=', 'x'],
    ["params.`a.b c` LIKE 'ad%'", 'param', 'a.b c', 'LIKE', 'ad%'],
    ["tags.mlflow.source.name ilike '%.PY'", 'tag', 'mlflow.source.name', 'ILIKE', '%.PY'],
    ["status = 'FINISHED'", 'attribute', 'status', '=', 'FINISHED'],
    ["attributes.run_id IN ('a', 'b')", 'attribute', 'run_id', 'IN', ['a', 'b']],
    ["run_id not in ('a')", 'attribute', 'run_id', 'NOT IN', ['a']],
    ['attr.created < 1700000000000', 'attribute', 'start_time', '<', 1700000000000],
    ["datasets.digest = 'd'", 'dataset', 'digest', '=', 'd'],
    ['tags.x IS NULL', 'tag', 'x', 'IS NULL', null],
    ['params.x is not null', 'param', 'x', 'IS NOT NULL', null],
    ["params.o = 'it''s'", 'param', 'o', '=', "it's"],
    ["`run name` = 'a'", 'attribute', 'run_name', '=', 'a'],
    ["params.学习率 = '1'", 'param', '学习率', '=', '1'],
  ])('%s', (text, kind, key, comparator, value) => {
    expect(parsed(text, mlflowRules)).toEqual({ field: { kind, key }, comparator, value })
  })

  it('joins by AND before OR, and by brackets', () => {
    const found = parsed("metrics.a > 1 OR metrics.b < 2 AND NOT (params.c = 'x' or params.d = 'y')")
    expect(found).toMatchObject({ any: [{ comparator: '>' }, { all: [{}, { not: { any: [{}, {}] } }] }] })
  })

  it('is null for nothing', () => expect(parsed('  ')).toBeNull())

  it.each([
    ['metrics.acc', 'search.missing'],
    ['metrics.acc = ', 'search.missing'],
    ["metrics.acc = '1'", 'search.number'],
    ["metrics.acc LIKE '1'", 'search.comparator'],
    ['params.lr = 0.01', 'search.string'],
    ['params.lr = abc', 'search.string'],
    ["params.lr > '1'", 'search.comparator'],
    ["params.lr IN ('1')", 'search.comparator'],
    ["foo.lr = '1'", 'search.kind'],
    ["color = '1'", 'search.attribute'],
    ["datasets.size = '1'", 'search.datasetKey'],
    ["params.a = 'x' OR params.b = 'y'", 'search.unexpected'],
    ["(params.a = 'x')", 'search.unexpected'],
    ["params.a = 'x' params.b = 'y'", 'search.unexpected'],
    ["params.a = 'x", 'search.open'],
    ["params.a = 'x'; drop table runs", 'search.unexpected'],
    ['run_id IN (1)', 'search.list'],
    ["run_id IN ('a'", 'search.missing'],
    ["start_time = 'now'", 'search.number'],
    ["__proto__ = 'x'", 'search.attribute'],
    ['metrics. = 1', 'search.unexpected'],
    ['\u0000', 'search.unexpected'],
  ])('refuses %s', (text, code) => expect(refusal(text)).toBe(code))

  it('refuses what nests too deep or is too long, without harm', () => {
    expect(refusal(`${'('.repeat(5000)}metrics.a = 1`, capstanRules)).toBe('search.deep')
    expect(refusal('NOT '.repeat(4000), capstanRules)).toBe('search.deep')
    const many = (n: number) => Array.from({ length: n }, (_, i) => `metrics.m${i} > 0`).join(' AND ')
    expect(parseExpression(many(500))).toMatchObject({ ok: true })
    expect(refusal(many(501), capstanRules)).toBe('search.many')
    expect(refusal(`params.a = '${'x'.repeat(30_000)}'`)).toBe('search.long')
  })

  it('takes any text, and either parses or refuses it', () => {
    const piece = fc.constantFrom(
      'metrics.',
      'params.`',
      "'",
      '"',
      ' AND ',
      ' OR ',
      '(',
      ')',
      '=',
      '<',
      '1',
      'a',
      '.',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 20 }), (parts) => {
        parseExpression(parts.join(''))
      }),
    )
  })

  it('gives back any key and any value that is written down quoted', () => {
    const key = fc.string({ minLength: 1 }).filter((k) => !k.includes('`'))
    fc.assert(
      fc.property(key, fc.string(), (k, v) => {
        const found = parsed(`params.\`${k}\` = '${v.replaceAll("'", "''")}'`) as Extract<
          Expression,
          { field: unknown }
        >
        expect([found.field.key, found.value]).toEqual([k, v])
      }),
    )
  })
})

describe('parseOrderBy', () => {
  it.each([
    ['metrics.loss DESC', 'metric', 'loss', true],
    ['params.`a b`', 'param', 'a b', false],
    ['start_time asc', 'attribute', 'start_time', false],
  ])('%s', (text, kind, key, descending) => {
    expect(parseOrderBy(text)).toEqual({ ok: true, value: { field: { kind, key }, descending } })
  })

  it.each(['', 'metrics.a up', 'metrics.a DESC, metrics.b', 'nothing.a', '1'])('refuses “%s”', (text) => {
    expect(parseOrderBy(text).ok).toBe(false)
  })
})
