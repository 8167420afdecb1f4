/** @file Meters of GPUs and of energy, where the machine has them. */
import { execFile, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Gpu {
  index: number
  name: string
  memoryBytes: number
  driver: string
}

/** NVIDIA GPUs of this machine; none where there is no `nvidia-smi`. */
export async function findGpus(): Promise<Gpu[]> {
  try {
    const { stdout } = await promisify(execFile)(
      'nvidia-smi',
      ['--query-gpu=index,memory.total,driver_version,name', '--format=csv,noheader,nounits'],
      { timeout: 10_000 },
    )
    return stdout
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [index, memory, driver, ...name] = line.split(', ')
        if (!/^\d+$/.test(index ?? '')) return []
        return [
          {
            index: Number(index),
            name: name.join(', '),
            memoryBytes: (Number(memory) || 0) * 2 ** 20,
            driver: driver ?? '',
          },
        ]
      })
  } catch {
    return []
  }
}

export interface Meter {
  /** Joules since it was started; null when the machine does not tell. */
  joules(): number | null
  stop(): void
}

/** What a GPU said last; null what it does not tell. */
export interface GpuReading {
  index: number
  /** Part of the time that it worked. */
  busy: number | null
  memoryBytes: number | null
  watts: number | null
}

export interface GpuMeter extends Meter {
  readings(): GpuReading[]
}

/** Adds up the power that the GPUs say they draw, every second. */
export function gpuMeter(gpus: readonly number[]): GpuMeter {
  if (gpus.length === 0) return { joules: () => null, readings: () => [], stop: () => undefined }
  let joules: number | null = null
  const latest = new Map<string, { watts: number; at: number }>()
  const readings = new Map<number, GpuReading>()
  const child = spawn(
    'nvidia-smi',
    [
      ...['-i', gpus.join(','), '--query-gpu=index,power.draw,utilization.gpu,memory.used'],
      ...['--format=csv,noheader,nounits', '--loop-ms=1000'],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  child.on('error', () => undefined)
  let rest = ''
  child.stdout.on('data', (text) => {
    const lines = (rest + String(text)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [index, ...said] = line.split(', ')
      if (!index || !/^\d+$/.test(index)) continue
      const [draw, busy, used] = said.map((text) => (Number.isFinite(Number(text)) ? Number(text) : null))
      readings.set(Number(index), {
        index: Number(index),
        busy: busy == null ? null : busy / 100,
        memoryBytes: used == null ? null : used * 2 ** 20,
        watts: draw ?? null,
      })
      if (draw == null) continue
      const watts = draw
      const at = performance.now()
      const before = latest.get(index)
      // between two readings the mean of both
      joules = (joules ?? 0) + (before ? ((before.watts + watts) / 2) * ((at - before.at) / 1000) : 0)
      latest.set(index, { watts, at })
    }
  })
  return { joules: () => joules, readings: () => [...readings.values()], stop: () => child.kill() }
}

const POWERCAP = '/sys/class/powercap'

/**
 * The processors' energy by RAPL, of which a run bears the part of its processor time in all busy time.
 * @see https://docs.kernel.org/power/powercap/powercap.html
 */
export function cpuMeter(cpuSecondsOfRun: () => number, root = POWERCAP): Meter {
  const zones = packagesIn(root)
  if (zones.length === 0) return { joules: () => null, stop: () => undefined }
  let joules = 0
  let before = { counters: zones.map(counterOf), busy: busySeconds(), run: 0 }
  return {
    joules() {
      const now = { counters: zones.map(counterOf), busy: busySeconds(), run: cpuSecondsOfRun() }
      const used = zones.reduce((sum, zone, i) => {
        const difference = now.counters[i]! - before.counters[i]!
        // the counter starts again at its end
        return sum + (difference < 0 ? difference + zone.range : difference)
      }, 0)
      const share = now.busy > before.busy ? (now.run - before.run) / (now.busy - before.busy) : 0
      joules += (used / 1e6) * Math.min(1, Math.max(0, share))
      before = now
      return joules
    },
    stop: () => undefined,
  }
}

interface Zone {
  path: string
  range: number
}

function packagesIn(root: string): Zone[] {
  try {
    return readdirSync(root)
      .filter((name) => /^intel-rapl:\d+$/.test(name))
      .map((name) => ({
        path: join(root, name, 'energy_uj'),
        range: Number(readFileSync(join(root, name, 'max_energy_range_uj'), 'utf8')),
      }))
      .filter((zone) => Number.isFinite(counterOf(zone)))
  } catch {
    // none, or not for this user to read
    return []
  }
}

const counterOf = ({ path }: Zone): number => Number(readFileSync(path, 'utf8'))

function busySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]!
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq) / 100
}
