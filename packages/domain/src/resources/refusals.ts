/** @file Why an allocation cannot even be posed: every flaw of its input, as sentences. */
import { type Message, message } from '../messages/message.ts'
import type { AllocationInput, Candidate, Pool } from './portfolio.ts'

/** All flaws of the input; none when the programme can be built. */
export const allocationRefusals = (input: AllocationInput): Message[] => [
  ...input.pools.flatMap((pool) => poolFlaws(pool, input.periods)),
  ...input.candidates.flatMap((candidate) => candidateFlaws(candidate, input)),
  ...cycles(input.candidates),
]

const poolFlaws = ({ name, capacity }: Pool, periods: number): Message[] => {
  if (capacity.length !== periods)
    return [message('allocation.capacityLength', { pool: name, found: capacity.length, periods })]
  return capacity.every((value) => value >= 0 && Number.isFinite(value))
    ? []
    : [message('allocation.capacity', { pool: name })]
}

const candidateFlaws = (candidate: Candidate, { pools, candidates }: AllocationInput): Message[] => {
  const { name, value, chance, needs, earliest, latest } = candidate
  const flaws: Message[] = []
  if (!(value.low <= value.mode && value.mode <= value.high))
    flaws.push(message('allocation.value', { name }))
  if (!(chance.alpha > 0 && chance.beta > 0)) flaws.push(message('allocation.chance', { name }))
  if (!(earliest >= 0 && earliest <= latest && Number.isInteger(earliest)))
    flaws.push(message('allocation.dates', { name }))
  for (const [poolId, need] of Object.entries(needs)) {
    if (!pools.some((pool) => pool.id === poolId))
      flaws.push(message('allocation.unknownPool', { name, pool: poolId }))
    if (!need.every((amount) => amount >= 0 && Number.isFinite(amount)))
      flaws.push(message('allocation.need', { name, pool: poolId }))
  }
  for (const other of [...candidate.prerequisites, ...candidate.exclusions])
    if (!candidates.some(({ id }) => id === other))
      flaws.push(message('allocation.unknownInitiative', { name, other }))
  return flaws
}

/** One sentence per cycle of prerequisites, named in order. */
const cycles = (candidates: readonly Candidate[]): Message[] => {
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]))
  const settled = new Set<string>()
  const found: Message[] = []
  const visit = (id: string, path: string[]) => {
    const loop = path.indexOf(id)
    if (loop >= 0) {
      const names = [...path.slice(loop), id].map((step) => byId.get(step)?.name ?? step)
      found.push(message('allocation.cycle', { names: names.join(' → ') }))
    } else if (!settled.has(id)) {
      for (const next of byId.get(id)?.prerequisites ?? []) visit(next, [...path, id])
      settled.add(id)
    }
  }
  for (const { id } of candidates) if (!settled.has(id)) visit(id, [])
  return found
}
