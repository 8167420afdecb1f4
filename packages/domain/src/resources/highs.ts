/** @file Speaks with HiGHS: programmes as CPLEX LP text, its result object as a solution. */
import type { Programme, Row, Solution } from './programme.ts'

/**
 * The programme as CPLEX LP text. Names are generated (`x0`, `r0`), since the format reserves words and
 * characters that people use. Rows with two finite bounds become two rows (`r0`, `r0u`).
 */
export const toLp = (programme: Programme): string => {
  const { columns, rows } = programme
  const objective = columns.flatMap((column, i) =>
    column.objective === 0 ? [] : [term(column.objective, i)],
  )
  const integers = columns.flatMap((column, i) => (column.integer ? [` x${i}`] : []))
  return [
    'Maximize',
    ` obj: ${objective.length > 0 ? wrap(objective) : '0 x0'}`,
    'Subject To',
    ...rows.flatMap(rowLines),
    'Bounds',
    ...columns.map(({ lower = 0, upper = Infinity }, i) => ` ${bound(lower)} <= x${i} <= ${bound(upper)}`),
    ...(integers.length > 0 ? ['General', ...integers] : []),
    'End',
    '',
  ].join('\n')
}

const rowLines = (row: Row, index: number): string[] => {
  const { lower = -Infinity, upper = Infinity } = row
  const sum =
    row.coefficients.length > 0 ? wrap(row.coefficients.map(([i, value]) => term(value, i))) : '0 x0'
  if (lower === upper) return [` r${index}: ${sum} = ${digits(lower)}`]
  return [
    ...(lower === -Infinity ? [] : [` r${index}: ${sum} >= ${digits(lower)}`]),
    ...(upper === Infinity
      ? []
      : [` r${index}${lower === -Infinity ? '' : 'u'}: ${sum} <= ${digits(upper)}`]),
  ]
}

// twelve digits hold every real estimate, and spare the reader of the text seventeen
const digits = (value: number): string => String(Number(value.toPrecision(12)))
const term = (value: number, column: number) =>
  `${value < 0 ? '-' : '+'} ${digits(Math.abs(value))} x${column}`
const bound = (value: number) => (value === Infinity ? '+inf' : value === -Infinity ? '-inf' : digits(value))

// the format's readers stop at long lines
const wrap = (terms: readonly string[]): string => {
  const lines: string[] = []
  for (let i = 0; i < terms.length; i += 12) lines.push(terms.slice(i, i + 12).join(' '))
  return lines.join('\n  ')
}

/** What `solve()` of the npm package `highs` returns, as far as it is read here. */
export type HighsResult = {
  Status: string
  ObjectiveValue: number
  Columns: Record<string, { Primal?: number }>
  Rows: readonly { Name: string; Dual?: number }[]
}

/** Options for HiGHS's `solve()`: silent, with the programme's stopping rules. */
export const highsOptions = ({ relativeGap = 1e-6, seconds = 20 }: Programme) => ({
  output_flag: false,
  mip_rel_gap: relativeGap,
  time_limit: seconds,
})

const statuses: Record<string, Solution['status']> = {
  Optimal: 'optimal',
  Empty: 'optimal',
  Infeasible: 'infeasible',
  'Primal infeasible or unbounded': 'infeasible',
  Unbounded: 'unbounded',
  'Time limit reached': 'feasible',
  'Iteration limit reached': 'feasible',
  'Solution limit reached': 'feasible',
}

/**
 * Reads HiGHS's result for a programme. At a time limit the incumbent is used, if it has one (all columns
 * have values and hold every row); otherwise the answer is `failed`.
 */
export const fromHighs = (programme: Programme, result: HighsResult): Solution => {
  const status = statuses[result.Status] ?? 'failed'
  if (status !== 'optimal' && status !== 'feasible') return { status }
  const values = programme.columns.map((column, i) => {
    const value = result.Columns[`x${i}`]?.Primal ?? Math.max(0, column.lower ?? 0)
    return column.integer ? Math.round(value) : value
  })
  if (status === 'feasible' && !holds(programme, values)) return { status: 'failed' }
  const objective = programme.columns.reduce((sum, column, i) => sum + column.objective * values[i]!, 0)
  return { status, objective, values, duals: readDuals(programme, result) }
}

const holds = ({ rows }: Programme, values: readonly number[]): boolean =>
  rows.every(({ lower = -Infinity, upper = Infinity, coefficients }) => {
    const sum = coefficients.reduce((total, [i, value]) => total + value * values[i]!, 0)
    const slack = 1e-6 * Math.max(1, Math.abs(sum))
    return Number.isFinite(sum) && sum >= lower - slack && sum <= upper + slack
  })

const readDuals = ({ columns, rows }: Programme, result: HighsResult): number[] | null => {
  if (columns.some((column) => column.integer)) return null
  const byName = new Map(result.Rows.map((row) => [row.Name, row.Dual ?? 0]))
  return rows.map((_, i) => (byName.get(`r${i}`) ?? 0) + (byName.get(`r${i}u`) ?? 0))
}
