/** @file Search expressions over runs: `metrics.loss < 0.2 AND params.lr = '0.01'`, parsed into a tree. */
import { accepted, type Message, message, type Result, refused } from '../messages/message.ts'

export type FieldKind = 'metric' | 'param' | 'tag' | 'attribute' | 'dataset'
export interface Field {
  kind: FieldKind
  key: string
}

export type Comparator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'ILIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL'

/** `value` is a list for IN and NOT IN, and null for IS NULL and IS NOT NULL. */
export interface Comparison {
  field: Field
  comparator: Comparator
  value: string | number | readonly string[] | null
}
export type Expression =
  | { all: readonly Expression[] }
  | { any: readonly Expression[] }
  | { not: Expression }
  | Comparison

export interface OrderBy {
  field: Field
  descending: boolean
}

/** Every field that an expression speaks of, once, in the order of its words. */
export function fieldsOf(where: Expression | null): Field[] {
  const found = new Map<string, Field>()
  const visit = (part: Expression): void => {
    if ('all' in part) part.all.forEach(visit)
    else if ('any' in part) part.any.forEach(visit)
    else if ('not' in part) visit(part.not)
    else found.set(`${part.field.kind}.${part.field.key}`, part.field)
  }
  if (where) visit(where)
  return [...found.values()]
}

/** What may be searched, and how: MLflow's clients join with AND only, Capstan's own also with OR, NOT and brackets. */
export interface SearchRules {
  joins: 'and' | 'all'
  /** Attributes by their names, with the name that stores know and whether they are numbers. */
  attributes: Readonly<Record<string, { name: string; numeric: boolean; order?: boolean }>>
}

const time = (name: string) => ({ name, numeric: true })
const text = (name: string) => ({ name, numeric: false })

/** MLflow's attributes with the aliases that its clients use. */
export const mlflowRules: SearchRules = {
  joins: 'and',
  attributes: {
    run_id: text('run_id'),
    run_name: text('run_name'),
    'run name': text('run_name'),
    'Run name': text('run_name'),
    'Run Name': text('run_name'),
    status: text('status'),
    artifact_uri: text('artifact_uri'),
    user_id: text('user_id'),
    start_time: time('start_time'),
    created: time('start_time'),
    Created: time('start_time'),
    end_time: time('end_time'),
  },
}

/** Capstan's own search: everything of MLflow's, and what only Capstan knows of a run. */
export const capstanRules: SearchRules = {
  joins: 'all',
  attributes: {
    ...mlflowRules.attributes,
    id: text('run_id'),
    name: text('run_name'),
    state: text('state'),
    kind: text('kind'),
    user: text('user_id'),
    initiative: text('initiative'),
    parent: text('parent'),
    experiment: text('experiment'),
    number: time('number'),
    duration: time('duration'),
    points: time('points'),
  },
}

const kinds: Readonly<Record<string, FieldKind>> = {
  metric: 'metric',
  metrics: 'metric',
  param: 'param',
  params: 'param',
  parameter: 'param',
  parameters: 'param',
  tag: 'tag',
  tags: 'tag',
  attribute: 'attribute',
  attributes: 'attribute',
  attr: 'attribute',
  run: 'attribute',
  dataset: 'dataset',
  datasets: 'dataset',
}
const datasetKeys = ['name', 'digest', 'context']

const numericComparators: readonly Comparator[] = ['=', '!=', '<', '<=', '>', '>=']
const textComparators: readonly Comparator[] = [
  '=',
  '!=',
  'LIKE',
  'ILIKE',
  'IN',
  'NOT IN',
  'IS NULL',
  'IS NOT NULL',
]

/** More is taken for a mistake or an attack. */
const MAX_LENGTH = 20_000
const MAX_DEPTH = 50
/** SQLite joins conditions one in the other, and takes no more than a thousand deep. */
const MAX_COMPARISONS = 500
/** Each ordering is two terms of a sort, and libSQL dies, with the process around it, of 64 terms. */
export const maxOrderings = 20

type Token = { at: number } & (
  | { type: 'word'; text: string }
  | { type: 'quoted'; text: string; quote: string }
  | { type: 'number'; text: string }
  | { type: 'sign'; text: string }
)

class Refusal extends Error {
  readonly why: Message
  constructor(why: Message) {
    super()
    this.why = why
  }
}

/**
 * Parses a filter. Keys with other characters than letters, digits, `_`, `.`, `-` and `/` stand in backticks or
 * double quotes; strings stand in single or double quotes, a doubled quote standing for itself.
 * @returns null for an empty text
 * @example parseExpression("metrics.loss < 0.2 AND params.`my key` LIKE 'adam%'")
 */
export function parseExpression(given: string, rules: SearchRules = capstanRules): Result<Expression | null> {
  return attempt(() => {
    if (given.trim() === '') return null
    const reader = readerOf(given)
    const found = parseAny(reader, rules, 0)
    const rest = reader.peek()
    if (rest) throw unexpected(rest)
    return found
  })
}

/**
 * Parses one ordering: a field, then perhaps ASC or DESC.
 * @example parseOrderBy('metrics.loss DESC')
 */
export function parseOrderBy(given: string, rules: SearchRules = capstanRules): Result<OrderBy> {
  return attempt(() => {
    const reader = readerOf(given)
    const field = parseField(reader, rules)
    const direction = reader.keyword('ASC', 'DESC')
    const rest = reader.peek()
    if (rest) throw unexpected(rest)
    return { field, descending: direction === 'DESC' }
  })
}

function attempt<T>(parse: () => T): Result<T> {
  try {
    return accepted(parse())
  } catch (error) {
    if (error instanceof Refusal) return refused(error.why)
    throw error
  }
}

function parseAny(reader: Reader, rules: SearchRules, depth: number): Expression {
  const parts = [parseAll(reader, rules, depth)]
  while (rules.joins === 'all' && reader.keyword('OR')) parts.push(parseAll(reader, rules, depth))
  return parts.length === 1 ? parts[0]! : { any: parts }
}

function parseAll(reader: Reader, rules: SearchRules, depth: number): Expression {
  const parts = [parseOne(reader, rules, depth)]
  while (reader.keyword('AND')) parts.push(parseOne(reader, rules, depth))
  return parts.length === 1 ? parts[0]! : { all: parts }
}

function parseOne(reader: Reader, rules: SearchRules, depth: number): Expression {
  if (depth > MAX_DEPTH) throw new Refusal(message('search.deep', { limit: MAX_DEPTH }))
  if (rules.joins === 'all') {
    if (reader.keyword('NOT')) return { not: parseOne(reader, rules, depth + 1) }
    if (reader.sign('(')) {
      const inner = parseAny(reader, rules, depth + 1)
      if (!reader.sign(')')) throw missing(reader, ')')
      return inner
    }
  }
  return parseComparison(reader, rules)
}

function parseComparison(reader: Reader, rules: SearchRules): Comparison {
  if (++reader.comparisons > MAX_COMPARISONS)
    throw new Refusal(message('search.many', { limit: MAX_COMPARISONS }))
  const field = parseField(reader, rules)
  const comparator = parseComparator(reader)
  const numeric =
    field.kind === 'metric' ||
    (field.kind === 'attribute' &&
      Object.values(rules.attributes).some((a) => a.name === field.key && a.numeric))
  const allowed = numeric
    ? [...numericComparators, ...(rules.joins === 'all' ? (['IS NULL', 'IS NOT NULL'] as const) : [])]
    : textComparators.filter((c) => allows(c, field, rules))
  if (!allowed.includes(comparator)) {
    throw new Refusal(
      message('search.comparator', { comparator, field: show(field), allowed: allowed.join(', ') }),
    )
  }
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') return { field, comparator, value: null }
  if (comparator === 'IN' || comparator === 'NOT IN') return { field, comparator, value: parseList(reader) }
  const token = reader.next()
  if (!token) throw missing(reader, numeric ? '0' : "'…'")
  if (numeric) {
    if (token.type !== 'number') {
      throw new Refusal(message('search.number', { field: show(field), found: token.text }))
    }
    return { field, comparator, value: Number(token.text) }
  }
  if (token.type !== 'quoted' || token.quote === '`') {
    throw new Refusal(message('search.string', { field: show(field), found: token.text }))
  }
  return { field, comparator, value: token.text }
}

/** MLflow compares only identities and data sets with lists, and only params and tags with null. */
function allows(comparator: Comparator, { kind, key }: Field, { joins }: SearchRules): boolean {
  if (joins === 'all') return true
  if (comparator === 'IN' || comparator === 'NOT IN') {
    return kind === 'dataset' || (kind === 'attribute' && key === 'run_id')
  }
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') return kind === 'param' || kind === 'tag'
  return true
}

function parseComparator(reader: Reader): Comparator {
  for (const sign of ['!=', '<=', '>=', '=', '<', '>'] as const) if (reader.sign(sign)) return sign
  if (reader.sign('<>')) return '!='
  if (reader.sign('==')) return '='
  const word = reader.keyword('LIKE', 'ILIKE', 'IN', 'NOT', 'IS')
  if (word === 'LIKE' || word === 'ILIKE' || word === 'IN') return word
  if (word === 'NOT' && reader.keyword('IN')) return 'NOT IN'
  if (word === 'IS') {
    const not = reader.keyword('NOT')
    if (reader.keyword('NULL')) return not ? 'IS NOT NULL' : 'IS NULL'
  }
  const token = reader.peek()
  throw token ? unexpected(token) : missing(reader, '=')
}

function parseList(reader: Reader): string[] {
  if (!reader.sign('(')) throw missing(reader, '(')
  const values: string[] = []
  do {
    const token = reader.next()
    if (token?.type !== 'quoted') {
      throw new Refusal(message('search.list', { found: token?.text ?? '' }))
    }
    values.push(token.text)
  } while (reader.sign(','))
  if (!reader.sign(')')) throw missing(reader, ')')
  return values
}

function parseField(reader: Reader, rules: SearchRules): Field {
  const first = reader.next()
  if (!first) throw missing(reader, 'metrics.…')
  if (first.type !== 'word' && first.type !== 'quoted') throw unexpected(first)
  let [head, key] = [first.text, '']
  if (first.type === 'word') {
    const dot = head.indexOf('.')
    if (dot >= 0) [head, key] = [head.slice(0, dot), head.slice(dot + 1)]
    if (dot >= 0 && key === '') {
      // the key follows in quotes of its own
      const quoted = reader.next()
      if (quoted?.type !== 'quoted' || quoted.quote === "'")
        throw quoted ? unexpected(quoted) : missing(reader, '`')
      key = quoted.text
    }
  }
  if (key === '') [head, key] = ['attribute', head]
  const kind = kinds[head]
  if (kind === undefined) throw new Refusal(message('search.kind', { found: head }))
  if (kind === 'attribute') {
    const known = Object.hasOwn(rules.attributes, key) ? rules.attributes[key] : undefined
    if (!known) {
      throw new Refusal(
        message('search.attribute', { key, allowed: Object.keys(rules.attributes).join(', ') }),
      )
    }
    return { kind, key: known.name }
  }
  if (kind === 'dataset' && !datasetKeys.includes(key)) {
    throw new Refusal(message('search.datasetKey', { key, allowed: datasetKeys.join(', ') }))
  }
  return { kind, key }
}

interface Reader {
  peek(): Token | undefined
  next(): Token | undefined
  /** Takes the next token when it is one of these words, in any case. */
  keyword(...words: string[]): string | null
  sign(text: string): boolean
  end: number
  /** Parsed so far. */
  comparisons: number
}

function readerOf(given: string): Reader {
  if (given.length > MAX_LENGTH) throw new Refusal(message('search.long', { limit: MAX_LENGTH }))
  const tokens = tokenize(given)
  let i = 0
  return {
    end: given.length,
    comparisons: 0,
    peek: () => tokens[i],
    next: () => tokens[i++],
    keyword(...words) {
      const token = tokens[i]
      if (token?.type !== 'word') return null
      const word = token.text.toUpperCase()
      if (!words.includes(word)) return null
      i++
      return word
    },
    sign(sign) {
      const token = tokens[i]
      if (token?.type !== 'sign' || token.text !== sign) return false
      i++
      return true
    },
  }
}

const patterns: readonly [Token['type'] | 'space', RegExp][] = [
  ['space', /\s+/y],
  ['number', /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/y],
  ['word', /[\p{L}_][\p{L}\p{N}_./-]*/uy],
  ['quoted', /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`/y],
  ['sign', /!=|<=|>=|<>|==|[=<>(),]/y],
]

function tokenize(given: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < given.length; ) {
    const found = match(given, at)
    if (!found) {
      const open = /['"`]/.test(given[at]!)
      throw new Refusal(
        open
          ? message('search.open', { quote: given[at]!, position: at + 1 })
          : message('search.unexpected', { found: given[at]!, position: at + 1 }),
      )
    }
    const [type, text] = found
    if (type === 'quoted') {
      const quote = text[0]!
      tokens.push({ type, at, quote, text: text.slice(1, -1).replaceAll(quote + quote, quote) })
    } else if (type !== 'space') tokens.push({ type, at, text })
    at += text.length
  }
  return tokens
}

function match(given: string, at: number): [Token['type'] | 'space', string] | null {
  for (const [type, pattern] of patterns) {
    pattern.lastIndex = at
    const found = pattern.exec(given)
    if (found) return [type, found[0]]
  }
  return null
}

const show = ({ kind, key }: Field): string => (kind === 'attribute' ? key : `${kind}s.${key}`)

const unexpected = ({ text: found, at }: Token): Refusal =>
  new Refusal(message('search.unexpected', { found, position: at + 1 }))

const missing = (reader: Reader, expected: string): Refusal =>
  new Refusal(message('search.missing', { expected, position: (reader.peek()?.at ?? reader.end) + 1 }))
