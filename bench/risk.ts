/** @file A million simulated years of 50 risks on the server: seconds, the event loop's longest stall meanwhile, and numpy. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@capstan/api'
import { type Figure, median } from './figure.ts'
import { needPython } from './peers/install.ts'
import { startOurs } from './tracking/ours.ts'

const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
const RISKS = smoke ? 5 : 50
const YEARS = smoke ? 5000 : 1_000_000
const ROUNDS = smoke ? 1 : 3
const target = { seconds: 3, stallMs: 50 }

export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-bench-risk-'))
  const server = await startOurs(folder)
  try {
    const capstan = createClient({ baseUrl: server.address })
    const day = 86_400_000
    const span = { start: new Date().toISOString(), end: new Date(Date.now() + 30 * day).toISOString() }
    await capstan.cycles.create({ body: { name: 'C', ...span } })
    const register = risksOf(RISKS)
    for (const risk of register) await capstan.risk.create({ body: risk })
    // the thread starts, and its code is compiled
    await capstan.risk.simulate({ body: { years: Math.min(YEARS, 100_000), seed: 0 } })
    await server.report()
    const seconds: number[] = []
    let last = await capstan.risk.simulate({ body: { years: YEARS, seed: 1 } })
    seconds.push(last.simulatedInMs / 1000)
    for (let seed = 2; seed <= ROUNDS; seed++) {
      last = await capstan.risk.simulate({ body: { years: YEARS, seed } })
      seconds.push(last.simulatedInMs / 1000)
    }
    const { stallMs, memoryMiB } = await server.report()
    const ours = median(seconds)
    const figure = `${YEARS} years of ${RISKS} risks`
    const figures: Figure[] = []
    const add = (name: string, value: number, peer: string, theirs: number, unit: string) =>
      figures.push({ bench: 'risk', figure: name, ours: value, peer, theirs, unit, ratio: theirs / value })
    add(figure, ours, 'target', target.seconds, 's')
    add('longest stall of the event loop meanwhile', Math.max(1, stallMs), 'target', target.stallMs, 'ms')
    const peer = numpy(folder, register)
    if (peer) {
      add(figure, ours, 'numpy', peer.seconds, 's')
      console.log(
        `es95 ${last.es95.toFixed(0)} ± ${last.es95Error!.toFixed(0)}, numpy ${peer.es95.toFixed(0)}; ` +
          `ale ${last.ale.toFixed(0)} ± ${last.aleError.toFixed(0)}, numpy ${peer.ale.toFixed(0)}; ` +
          `${memoryMiB.toFixed(0)} MiB`,
      )
    } else console.log('numpy could not be installed; its figures are left out')
    return figures
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Spec = ReturnType<typeof risksOf>

/** Half known, half believed; every third loss a PERT; every fourth follows a common cause. */
function risksOf(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    name: `Risk ${i}`,
    frequency: i % 2 ? { alpha: 2, beta: 2 + (i % 7) } : { rate: 0.1 + (i % 10) * 0.15 },
    loss:
      i % 3 === 0
        ? { kind: 'pert' as const, min: 500, mode: 2000, max: 20_000 }
        : { kind: 'lognormal' as const, low: 1000, high: 40_000 },
    commonCause: i % 4 === 0 ? 0.3 : 0,
  }))
}

function numpy(folder: string, risks: Spec): { seconds: number; ale: number; es95: number } | null {
  const python = needPython('numpy', ['numpy'], !smoke)
  if (!python) return null
  const file = join(folder, 'spec.json')
  writeFileSync(file, JSON.stringify({ years: YEARS, risks }))
  const script = join(process.cwd(), 'bench/risk/peer.py')
  const { stdout, status } = spawnSync(python, [script, file, String(ROUNDS)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) return null
  const rounds = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { seconds: number; ale: number; es95: number })
  return { ...rounds.at(-1)!, seconds: median(rounds.map(({ seconds }) => seconds)) }
}
