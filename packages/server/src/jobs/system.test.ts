/** @file Tests of system metrics: when points are made, and of what. */
import { expect, it } from 'vitest'
import { systemMeter } from './system.ts'

const sample = (wallSeconds: number, cpuSeconds = 0) => ({
  ...{ wallSeconds, cpuSeconds, residentBytes: 3e8, gpus: [] },
})

it('come after 1, 2, 4 and 8 seconds, then every ten, and go on where the attempt before ended', () => {
  const meter = systemMeter(100)
  const steps = Array.from({ length: 400 }, (_, i) => meter(sample(i / 10))).flatMap((points) =>
    points.filter(({ key }) => key === 'system/cpu_cores').map(({ step }) => step),
  )
  expect(steps).toEqual([101, 102, 104, 108, 116, 126, 136])
})

it('tell cores since the last ones, memory held, and what GPUs say', () => {
  const meter = systemMeter(0)
  meter(sample(1, 0.5))
  const gpus = [
    { index: 1, busy: 0.25, memoryBytes: 2e9, watts: 300 },
    { index: 3, busy: null, memoryBytes: null, watts: null },
  ]
  expect(meter({ ...sample(2, 2.5), gpus })).toEqual([
    { key: 'system/cpu_cores', step: 2, value: 2 },
    { key: 'system/memory_megabytes', step: 2, value: 300 },
    { key: 'system/gpu_1_utilization_percentage', step: 2, value: 25 },
    { key: 'system/gpu_1_memory_megabytes', step: 2, value: 2000 },
    { key: 'system/gpu_1_watts', step: 2, value: 300 },
  ])
})
