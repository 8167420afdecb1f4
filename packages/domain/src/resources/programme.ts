/** @file A linear or mixed-integer programme: the port to a solver, as plain data. */

/** A variable; a missing bound is 0 below and infinity above. */
export type Column = { name: string; lower?: number; upper?: number; integer?: boolean; objective: number }

/** `lower <= sum of coefficient x column <= upper`; a missing bound is infinite. Columns by index. */
export type Row = {
  name: string
  lower?: number
  upper?: number
  coefficients: [column: number, value: number][]
}

/** Always a maximisation. `relativeGap` and `seconds` tell the solver when it may stop. */
export type Programme = { columns: Column[]; rows: Row[]; relativeGap?: number; seconds?: number }

export type Solution =
  | {
      status: 'optimal' | 'feasible'
      objective: number
      /** Value per column. */
      values: number[]
      /** Per row, the gain of the optimum per unit of its upper bound; null for an integer programme. */
      duals: number[] | null
    }
  | { status: 'infeasible' | 'unbounded' | 'failed' }

/** Solves a programme, off the caller's thread where that matters. */
export type Solver = (programme: Programme) => Promise<Solution>

/** The linear relaxation: every integer may be a fraction. */
export const relaxed = (programme: Programme): Programme => ({
  ...programme,
  columns: programme.columns.map((column) => ({ ...column, integer: false })),
})

export const hasValues = (solution: Solution): solution is Extract<Solution, { values: number[] }> =>
  solution.status === 'optimal' || solution.status === 'feasible'
