/** @file The training compute of a model along its lineage, against what regulation names. */
import { type Message, message } from '../messages/message.ts'
import { type ComputeMeter, meterCompute } from './compute-plan.ts'

/** A model version and what it was made from. */
export type Ancestor = {
  id: string
  name: string
  /** Of its own training, in FLOP; null when unknown. */
  flop: number | null
  /** Versions it started from: weights continued, merged or distilled. */
  parents: readonly string[]
  /** Somebody else trained it. */
  foreign: boolean
}

export type LineageMeter = ComputeMeter & {
  /** Oldest first, each once. */
  steps: { id: string; name: string; flop: number | null; foreign: boolean }[]
  /** Versions without a known compute: the sum is then a lower bound. */
  unknown: string[]
  message: Message
}

/**
 * Adds up the compute of a version and of everything it came from, each once even where lines meet. The original is
 * what others trained; the rest is the team's own modification (one third of the original's compute makes the
 * modifier a provider).
 */
export const meterLineage = (id: string, ancestors: readonly Ancestor[]): LineageMeter => {
  const all = new Map(ancestors.map((one) => [one.id, one]))
  const steps: Ancestor[] = []
  const seen = new Set<string>()
  const visit = (next: string) => {
    const one = all.get(next)
    if (!one || seen.has(next)) return
    seen.add(next)
    for (const parent of one.parents) visit(parent)
    steps.push(one)
  }
  visit(id)
  const flopOf = (foreign: boolean) =>
    steps.filter((step) => step.foreign === foreign).map((step) => step.flop ?? 0)
  const original = flopOf(true).reduce((sum, flop) => sum + flop, 0)
  const meter = meterCompute({ original, added: flopOf(false) })
  const unknown = steps.filter(({ flop }) => flop === null).map((step) => step.id)
  const name = all.get(id)?.name ?? id
  return {
    ...meter,
    // without the original's compute nothing can be said of the third of it
    modified: unknown.some((step) => all.get(step)!.foreign) ? null : meter.modified,
    steps: steps.map(({ parents: _, ...step }) => step),
    unknown,
    message: sentence(name, meter, unknown.length),
  }
}

const sentence = (name: string, { flop, reached, modifier }: ComputeMeter, unknown: number): Message => {
  const values = { name, flop: flop.toExponential(2), unknown }
  if (reached.includes('systemicRisk')) return message('lineage.systemic', values)
  if (reached.includes('generalPurpose')) return message('lineage.general', values)
  return message(modifier ? 'lineage.modifier' : 'lineage.below', values)
}

/** A version cannot descend from itself. @returns the way around by id, or null */
export const lineageCircle = (
  id: string,
  parents: readonly string[],
  ancestors: readonly Pick<Ancestor, 'id' | 'parents'>[],
): string[] | null => {
  const all = new Map(ancestors.map((one) => [one.id, one.parents]))
  const walk = (next: string, path: string[], seen: Set<string>): string[] | null => {
    if (next === id) return [...path, next]
    if (seen.has(next)) return null
    seen.add(next)
    for (const parent of all.get(next) ?? []) {
      const found = walk(parent, [...path, next], seen)
      if (found) return found
    }
    return null
  }
  for (const parent of parents) {
    const found = walk(parent, [id], new Set())
    if (found) return found
  }
  return null
}
