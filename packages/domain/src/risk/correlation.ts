/** @file Correlations of shared causes: whether they can hold together, and how to draw from them. */
import { type Message, message } from '../messages/message.ts'
import { correlationOf, type SharedCause } from './risk.ts'

/**
 * The lower triangle L with L L^T = the correlation matrix of the causes, row by row (Cholesky); null when the matrix
 * is not positive semidefinite: then no three numbers could be correlated like that.
 */
export const correlationRoot = (causes: readonly SharedCause[]): Float64Array[] | null => {
  const rows: Float64Array[] = []
  for (let i = 0; i < causes.length; i++) {
    const row = new Float64Array(i + 1)
    for (let j = 0; j <= i; j++) {
      let rest = correlationOf(causes[i]!, causes[j]!)
      const other = j === i ? row : rows[j]!
      for (let k = 0; k < j; k++) rest -= row[k]! * other[k]!
      if (j === i) {
        if (rest < -1e-9) return null
        row[i] = Math.sqrt(Math.max(0, rest))
      } else if (other[j]! > 1e-6) row[j] = rest / other[j]!
      else if (Math.abs(rest) > 1e-6) return null
    }
    rows.push(row)
  }
  return rows
}

/** Why causes cannot be as stated; null when they can. */
export const causesRefusal = (causes: readonly SharedCause[]): Message | null => {
  const byId = new Map(causes.map((cause) => [cause.id, cause]))
  for (const { id, name, volatility, correlations = [] } of causes) {
    if (!(volatility >= 0 && volatility <= mostVolatile)) return message('cause.volatility', { name })
    for (const { causeId, correlation } of correlations) {
      const other = byId.get(causeId)
      if (causeId === id || !(Math.abs(correlation) <= 1))
        return message('cause.correlation', { name, other: other?.name ?? causeId, correlation })
      const back = other?.correlations?.find((one) => one.causeId === id)?.correlation
      if (back !== undefined && back !== correlation)
        return message('cause.conflict', { name, other: other!.name, correlation, back })
    }
  }
  return correlationRoot(causes)
    ? null
    : message('cause.matrix', { names: causes.map(({ name }) => name).join(', ') })
}

/** Ten times the mean as a standard deviation: beyond that a factor is nearly always 0. */
export const mostVolatile = 10
