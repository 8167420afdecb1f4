/** @file Expansions: control flow whose course is known before the graph runs. */

import { topological } from '../graph.ts'
import { inlined } from '../inline.ts'
import type { Ops } from '../ops.ts'
import { isSub } from '../shapes/subgraph.ts'
import { numbersOf } from '../tensor.ts'
import type { Subgraph, Value } from '../types.ts'
import { type ExpandContext, type Expansion, fromEnd, needsSize, number } from './expansion.ts'

/** A loop that would unroll into more nodes than this is refused: it would neither build nor run in reasonable time. */
const mostUnrolled = 100_000

const bodyOf = (c: ExpandContext, name: string): Subgraph => {
  const body = c.node.attributes[name]
  if (isSub(body)) return body
  throw needsSize(c, `without a ${name}`, 'Correct the graph.')
}

/** What the condition of an If says, where that is known. */
export const knownBranch = (condition: Value | null | undefined): 'then_branch' | 'else_branch' | null =>
  condition?.constant ? (numbersOf(condition.constant)[0] === 0 ? 'else_branch' : 'then_branch') : null

// The branch that runs.
const branch: Expansion = (c) => {
  const name = knownBranch(c.inputs[0])
  if (name === null) throw needsSize(c, 'with this condition', 'Give a constant condition.')
  const body = bodyOf(c, name)
  return inlined(body.outputs, body.graph, c.g.graph, new Map())
}

const expectUnrollable = (c: ExpandContext, trips: number, body: Subgraph): void => {
  const nodes = topological(body.outputs, body.graph).length
  if (trips * nodes > mostUnrolled)
    throw needsSize(
      c,
      `over ${trips} turns of ${nodes} nodes`,
      `Unrolled that is more than ${mostUnrolled} nodes: train on shorter sequences, or freeze what lies before it.`,
    )
}

/** Values that share their shape, along a new axis. */
const stacked = (g: Ops, values: readonly Value[], axis: number): Value =>
  g.concat(
    values.map((v) => g.unsqueeze(v, [axis])),
    axis,
  )

// Its body as often as it turns; what it gives each turn is stacked.
const loop: Expansion = (c) => {
  const { g, inputs } = c
  const body = bodyOf(c, 'body')
  const [trips, start, ...carried] = inputs
  const count = trips?.constant ? numbersOf(trips.constant)[0]! : null
  const [iteration, condition, ...states] = body.inputs
  // The condition that a turn ends with lets the next one begin: it must be handed on or always true.
  const goesOn = body.outputs[0]!
  const always = isTrue(goesOn) || passes(goesOn, condition!)
  if (count === null || !always || (start && !isTrue(start)))
    throw needsSize(
      c,
      'whose number of turns is known only when it runs',
      'Give it a constant trip count and no other condition, or freeze what lies before it.',
    )
  expectUnrollable(c, count, body)
  let now = carried as Value[]
  const given: Value[][] = body.outputs.slice(1 + states.length).map(() => [])
  for (let i = 0; i < count; i++) {
    const known = new Map<Value, Value>([
      [iteration!, g.scalar(i, 'int64')],
      [condition!, g.scalar(1, 'bool')],
    ])
    states.forEach((s, k) => {
      known.set(s, now[k]!)
    })
    const results = inlined(body.outputs, body.graph, g.graph, known)
    now = results.slice(1, 1 + states.length)
    results.slice(1 + states.length).forEach((v, k) => {
      given[k]!.push(v)
    })
  }
  if (count === 0 && given.length > 0) throw needsSize(c, 'that never turns', 'Remove it.')
  return [...now, ...given.map((values) => stacked(g, values, 0))].slice(0, c.node.outputs.length)
}

const isTrue = (v: Value): boolean => v.constant !== null && numbersOf(v.constant)[0] !== 0

/** Whether a value is another one, handed on. */
function passes(v: Value, from: Value): boolean {
  let at = v
  while (at.node?.op === 'Identity') at = at.node.inputs[0]!
  return at === from
}

const ints = (c: ExpandContext, name: string, count: number): readonly number[] => {
  const a = c.node.attributes[name]
  return Array.isArray(a) ? a : Array<number>(count).fill(0)
}

// Its body once for each place of the sequence.
const scan: Expansion = (c) => {
  const { g, inputs } = c
  const body = bodyOf(c, 'body')
  const scanned = number(c, 'num_scan_inputs', 1)
  const states = inputs.length - scanned
  const sequences = inputs.slice(states) as Value[]
  const axes = ints(c, 'scan_input_axes', scanned).map((a, k) => fromEnd(a, sequences[k]!.shape.length))
  const back = ints(c, 'scan_input_directions', scanned)
  const length = sequences[0]?.shape[axes[0]!]
  if (typeof length !== 'number' || length < 1)
    throw needsSize(c, 'over a sequence of unknown length', 'Give the length.')
  expectUnrollable(c, length, body)
  const outputs = body.outputs.length - states
  const outputBack = ints(c, 'scan_output_directions', outputs)
  const given: Value[][] = Array.from({ length: outputs }, () => [])
  let now = inputs.slice(0, states) as Value[]
  for (let i = 0; i < length; i++) {
    const known = new Map<Value, Value>()
    body.inputs.forEach((v, k) => {
      if (k < states) {
        known.set(v, now[k]!)
        return
      }
      const at = back[k - states] === 1 ? length - 1 - i : i
      const axis = axes[k - states]!
      known.set(v, g.squeeze(g.slice(sequences[k - states]!, axis, at, at + 1), [axis]))
    })
    const results = inlined(body.outputs, body.graph, g.graph, known)
    now = results.slice(0, states)
    results.slice(states).forEach((v, k) => {
      given[k]!.push(v)
    })
  }
  const outputAxes = ints(c, 'scan_output_axes', outputs)
  return [
    ...now,
    ...given.map((values, k) => {
      const axis = fromEnd(outputAxes[k]!, values[0]!.shape.length + 1)
      return stacked(g, outputBack[k] === 1 ? values.toReversed() : values, axis)
    }),
  ].slice(0, c.node.outputs.length)
}

export const control = { If: branch, Loop: loop, Scan: scan } satisfies Record<string, Expansion>
