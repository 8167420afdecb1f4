/** @file Tests of the meters: RAPL counters in a folder of their own, and a program that speaks as nvidia-smi does. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cpuMeter, findGpus, gpuMeter } from './meters.ts'

const folder = mkdtempSync(join(tmpdir(), 'capstan-meters-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('RAPL', () => {
  const zone = join(folder, 'powercap/intel-rapl:0')
  const count = (microjoules: number) => writeFileSync(join(zone, 'energy_uj'), `${microjoules}\n`)

  it('adds up what the counter says, over its end, for the part that is the run’s', async () => {
    mkdirSync(zone, { recursive: true })
    writeFileSync(join(zone, 'max_energy_range_uj'), '1000000000\n')
    count(900_000_000)
    let seconds = 0
    const meter = cpuMeter(() => seconds, join(folder, 'powercap'))
    // as if all that the processors did, and more, was the run's
    const spin = async () => {
      seconds += 1000
      const until = process.cpuUsage().user + 60_000
      while (process.cpuUsage().user < until);
    }
    await spin()
    count(950_000_000)
    expect(meter.joules()).toBeCloseTo(50, 9)
    await spin()
    count(20_000_000)
    expect(meter.joules()).toBeCloseTo(120, 9)
    const idle = meter.joules()
    count(30_000_000)
    expect(meter.joules()).toBe(idle)
  })

  it('that is not there tells nothing', () => {
    expect(cpuMeter(() => 1, join(folder, 'none')).joules()).toBeNull()
  })
})

describe('nvidia-smi', () => {
  it('names the GPUs, and its readings add up to energy', async () => {
    const path = process.env.PATH
    const program = join(folder, 'nvidia-smi')
    writeFileSync(
      program,
      '#!/bin/sh\ncase "$*" in *loop*) while :; do printf "0, 100.00, 40, 1024\\n1, [N/A], [N/A], 2\\n"; sleep 0.1; done;; *) printf "0, 81559, 550.54.15, NVIDIA H100 80GB HBM3\\n1, 81559, 550.54.15, NVIDIA H100, odd\\n";; esac\n',
    )
    chmodSync(program, 0o755)
    process.env.PATH = `${folder}:${path}`
    try {
      expect(await findGpus()).toEqual([
        { index: 0, name: 'NVIDIA H100 80GB HBM3', memoryBytes: 81_559 * 2 ** 20, driver: '550.54.15' },
        { index: 1, name: 'NVIDIA H100, odd', memoryBytes: 81_559 * 2 ** 20, driver: '550.54.15' },
      ])
      const meter = gpuMeter([0, 1])
      const began = performance.now()
      while ((meter.joules() ?? 0) < 20) await new Promise((resume) => setTimeout(resume, 20))
      // 100 W: never more than has gone by
      expect(meter.joules()!).toBeLessThanOrEqual(((performance.now() - began) / 1000) * 100 + 1)
      expect(meter.readings()).toEqual([
        { index: 0, busy: 0.4, memoryBytes: 2 ** 30, watts: 100 },
        { index: 1, busy: null, memoryBytes: 2 ** 21, watts: null },
      ])
      meter.stop()
    } finally {
      process.env.PATH = path
    }
  })

  it('that is not there means no GPUs, and nothing measured', async () => {
    const path = process.env.PATH
    process.env.PATH = folder.replace('capstan', 'no')
    try {
      expect(await findGpus()).toEqual([])
      expect(gpuMeter([0]).joules()).toBeNull()
    } finally {
      process.env.PATH = path
    }
  })
})
