/** @file Compute plans through the real server: a scaling law of logged runs, a training on devices. */
import { hoffmann2022, scalingLoss } from '@capstan/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.server.close())

describe('scaling', () => {
  test('refuses before there are runs', async () => {
    const { capstan } = world
    expect(await refusalOf(capstan.plans.scaling({ body: {} }))).toMatchObject({ code: 'request/refused' })
    expect(await refusalOf(capstan.plans.scaling({ body: { filter: 'metrics.loss <' } }))).toMatchObject({
      code: 'search/invalid',
    })
  })

  test('fits what finished runs logged, and refuses beyond it', async () => {
    const { capstan } = world
    for (const parameters of [1e7, 1e8, 1e9]) {
      for (const tokens of [1e9, 5e9, 2.5e10]) {
        const run = await capstan.tracking.start({
          body: { name: 'size', params: { parameters: String(parameters), tokens: String(tokens) } },
        })
        const loss = scalingLoss(hoffmann2022, parameters, tokens)
        await capstan.tracking.log({
          params: { id: run.id },
          body: { metrics: [{ key: 'loss', value: loss, step: 1, at: Date.now() }] },
        })
        await capstan.tracking.change({ params: { id: run.id }, body: { state: 'finished' } })
      }
    }
    const unlogged = await capstan.tracking.start({ body: { name: 'no loss' } })
    await capstan.tracking.change({ params: { id: unlogged.id }, body: { state: 'finished' } })

    const plan = await capstan.plans.scaling({ body: { budgets: [3e18, 5.76e23] } })
    expect(plan.runs).toHaveLength(9)
    expect(plan.skipped).toBe(1)
    expect(plan.law.alpha).toBeCloseTo(0.34, 2)
    expect(plan.law.beta).toBeCloseTo(0.28, 2)
    expect(plan.advice[0]).toMatchObject({ refusal: null })
    expect(plan.advice[1]).toMatchObject({ best: null, refusal: { code: 'scaling.beyond' } })
  })
})

describe('compute', () => {
  test('names the devices that a training fits', async () => {
    const plan = await world.capstan.plans.compute({
      body: {
        training: { kind: 'tokens', parameters: 7e9, tokens: 1.4e11 },
        profiles: [{ name: 'device', flopPerSecond: 1e15, memoryBytes: 80e9, rate: 2 }],
        devices: 8,
      },
    })
    expect(plan.flop / 5.88e21).toBeCloseTo(1, 9)
    expect(plan.plans[0]).toMatchObject({ fits: true, leastDevices: 2 })
    expect(plan.plans[0]!.cost! / (plan.plans[0]!.deviceHours * 2)).toBeCloseTo(1, 9)
  })
})
