/** @file Finds which limits conflict when no portfolio is feasible. */
import { type Message, message } from '../messages/message.ts'
import { type Model, possibleStarts, type RowMeaning } from './model.ts'
import type { AllocationInput } from './portfolio.ts'
import type { Column, Row, Solver } from './programme.ts'

/**
 * The least change of limits that would make the mandatory initiatives possible (an elastic programme: every
 * limit may be broken at a price relative to its size; the ones that are broken conflict).
 */
export const findConflict = async (
  input: AllocationInput,
  model: Model,
  solver: Solver,
): Promise<Message[]> => {
  const { candidates, periods } = input
  const tooLong = candidates.filter(
    (candidate) => candidate.mandatory && possibleStarts(candidate, periods).length === 0,
  )
  if (tooLong.length > 0)
    return tooLong.map(({ name }) => message('allocation.conflict.time', { name, periods }))
  const columns: Column[] = model.starts.map((_, k) => ({
    ...model.programme.columns[k]!,
    objective: 0,
  }))
  const broken: { column: number; meaning: Exclude<RowMeaning, { kind: 'scenario' | 'once' }> }[] = []
  const rows = model.programme.rows.flatMap((row, r): Row[] => {
    const meaning = model.meanings[r]!
    if (meaning.kind === 'scenario') return []
    if (meaning.kind === 'once') return [row]
    const size = meaning.kind === 'capacity' ? largest(row) : 1
    const column = columns.push({ name: `slack of ${row.name}`, objective: -1 / size }) - 1
    broken.push({ column, meaning })
    return [{ ...row, coefficients: [...row.coefficients, [column, -1]] }]
  })
  const solution = await solver({ columns, rows })
  if (solution.status !== 'optimal' && solution.status !== 'feasible') return []
  const texts = new Map(
    broken
      .filter(({ column }) => solution.values[column]! > 1e-6)
      .map(({ column, meaning }) => {
        const text = describe(input, meaning, solution.values[column]!)
        return [JSON.stringify(text), text] as const
      }),
  )
  return [...texts.values()]
}

const largest = (row: Row) => Math.max(...row.coefficients.map(([, value]) => Math.abs(value)))

const describe = (
  { pools, candidates }: AllocationInput,
  meaning: Exclude<RowMeaning, { kind: 'scenario' | 'once' }>,
  short: number,
): Message => {
  if (meaning.kind === 'capacity') {
    const { name, unit } = pools[meaning.pool]!
    return message('allocation.conflict.pool', { pool: name, period: meaning.period + 1, short, unit })
  }
  const names = { name: candidates[meaning.candidate]!.name, other: candidates[meaning.other]!.name }
  return meaning.kind === 'exclusion'
    ? message('allocation.conflict.exclusion', names)
    : message('allocation.conflict.prerequisite', names)
}
