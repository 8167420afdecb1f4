/** @file The wheel turns a quarter for each phase done, forwards only. */
import { describe, expect, it } from 'vitest'
import { runShare } from '../../ui/runShare.ts'
import { arcPath, type Phases, phaseArcs, ringPath, sectorsOf, turnOf } from './wheel.view.ts'

const phases = (done: number): Phases => ({
  strategy: done > 0 ? 'done' : 'now',
  resources: done > 1 ? 'done' : 'next',
  team: done > 2 ? 'done' : 'next',
  risk: done > 3 ? 'done' : 'next',
  review: 'next',
})

describe('wheel', () => {
  it('turns one notch for each phase and never back', () => {
    const turns = [0, 1, 2, 3, 4].map((done) => turnOf(phases(done), 1))
    expect(turns).toEqual([0, 90, 180, 270, 360])
    expect(turnOf(phases(0), 2)).toBe(360)
    expect(turnOf(phases(0), 0)).toBe(0)
  })
  it('leaves the notch between the last phase and the first', () => {
    expect(phaseArcs.risk[1]).toBeLessThan(360)
    expect(phaseArcs.strategy[0]).toBeGreaterThan(0)
  })
  it('shows progress on the step whose run is under way', () => {
    const lifeCycle = {
      datasets: 1,
      designs: 1,
      runs: 2,
      liveRuns: 1,
      evaluations: 0,
      versions: 0,
      endpoints: 0,
    }
    const progress = { epoch: 6, epochs: 10, step: 0, steps: 860, samplesPerSecond: 1, secondsLeft: 1 }
    const run = { kind: 'evaluate', state: 'running', progress } as Parameters<typeof sectorsOf>[0]['run']
    expect(sectorsOf({ lifeCycle, run }).find((s) => s.step === 'evaluate')?.progress).toBe(0.5)
    expect(sectorsOf({ lifeCycle, run }).find((s) => s.step === 'run')?.progress).toBeNull()
    expect(runShare(null)).toBe(0)
  })
  it('draws closed rings and open arcs', () => {
    expect(ringPath(10, 20, 0, 90)).toMatch(/^M.*Z$/)
    expect(arcPath(10, 0, 90)).not.toContain('Z')
  })
})
