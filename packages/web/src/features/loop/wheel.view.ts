/** @file The geometry of the wheel and how far it has turned; angles in degrees clockwise from the top. */
import type { Loop } from '@capstan/api'
import { runShare } from '../../ui/runShare.ts'

export const phaseNames = ['strategy', 'resources', 'team', 'risk'] as const
export type PhaseKey = (typeof phaseNames)[number]
export type Phases = Loop['phases']

/** The four phases lie clockwise from the notch at the top, a quarter each. */
export const phaseArcs = {
  strategy: [2.5, 87.5],
  resources: [92.5, 177.5],
  team: [182.5, 267.5],
  risk: [272.5, 357.5],
} as const satisfies Record<PhaseKey, readonly [number, number]>

/**
 * Where the leading bar points: a quarter turn for each phase done, so that it falls into the notch
 * of the review when the fourth is. It never turns back: each cycle begins a full turn further.
 */
export function turnOf(phases: Phases, cycle: number): number {
  const done = phaseNames.filter((name) => phases[name] === 'done').length
  return 360 * Math.max(0, cycle - 1) + 90 * done
}

export const lifeCycleSteps = ['data', 'design', 'run', 'evaluate', 'register', 'serve'] as const
export type LifeCycleStep = (typeof lifeCycleSteps)[number]

export interface Sector {
  step: LifeCycleStep
  count: number
  /** 0 to 1 while something of it is under way. */
  progress: number | null
}

export function sectorsOf({ lifeCycle, run }: Pick<Loop, 'lifeCycle' | 'run'>): Sector[] {
  const active = run && (run.state === 'running' || run.state === 'queued') ? run : null
  const progress = active ? runShare(active.progress) : null
  const training = active?.kind === 'train' ? progress : null
  const evaluating = active?.kind === 'evaluate' ? progress : null
  return [
    { step: 'data', count: lifeCycle.datasets, progress: null },
    { step: 'design', count: lifeCycle.designs, progress: null },
    { step: 'run', count: lifeCycle.runs, progress: training },
    { step: 'evaluate', count: lifeCycle.evaluations, progress: evaluating },
    { step: 'register', count: lifeCycle.versions, progress: null },
    { step: 'serve', count: lifeCycle.endpoints, progress: null },
  ]
}

export const point = (radius: number, angle: number): [number, number] => {
  const radians = (angle * Math.PI) / 180
  return [radius * Math.sin(radians), -radius * Math.cos(radians)]
}

const at = (radius: number, angle: number) =>
  point(radius, angle)
    .map((n) => n.toFixed(2))
    .join(' ')

/** A part of a ring between two radii and two angles. */
export function ringPath(inner: number, outer: number, from: number, to: number): string {
  const large = to - from > 180 ? 1 : 0
  return (
    `M${at(outer, from)}A${outer} ${outer} 0 ${large} 1 ${at(outer, to)}` +
    `L${at(inner, to)}A${inner} ${inner} 0 ${large} 0 ${at(inner, from)}Z`
  )
}

/** A line along a ring; backwards in the lower half, so that words on it stand upright. */
export function arcPath(radius: number, from: number, to: number, backwards = false): string {
  const large = to - from > 180 ? 1 : 0
  return backwards
    ? `M${at(radius, to)}A${radius} ${radius} 0 ${large} 0 ${at(radius, from)}`
    : `M${at(radius, from)}A${radius} ${radius} 0 ${large} 1 ${at(radius, to)}`
}

/** Saw teeth of the ratchet: each rises along the ring and falls back at once. */
export function ratchetPath(inner: number, outer: number, teeth: number): string {
  const step = 360 / teeth
  const parts = Array.from(
    { length: teeth },
    (_, i) =>
      `${i ? 'L' : 'M'}${at(inner, i * step)}L${at(outer, (i + 1) * step)}L${at(inner, (i + 1) * step)}`,
  )
  return `${parts.join('')}Z`
}
