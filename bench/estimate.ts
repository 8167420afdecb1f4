/** @file Predicted against measured: the time of a training step and its memory, for three designs on 2 threads. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { designs } from './estimate/models.ts'
import { type Figure, median } from './figure.ts'

const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
const tries = smoke ? 1 : 3
const rounds = smoke ? 2 : 24

interface Told {
  readonly ms: number
  readonly bytes: number
  readonly slowest?: string
}

/** In a process of its own, so that memory counts for one design alone. */
const told = (name: string, what: 'estimate' | 'train'): Told =>
  JSON.parse(
    execFileSync(process.execPath, [
      fileURLToPath(new URL('./estimate/measure.js', import.meta.url)),
      name,
      '2',
      String(rounds),
      what,
    ]).toString(),
  ) as Told

/** The ratio is measured / predicted: 1 is exact, above 1 it took longer, or more, than was predicted. */
export async function run(): Promise<Figure[]> {
  return Object.keys(designs).flatMap((name) => {
    const [predicted, measured]: [Told[], Told[]] = [[], []]
    for (let i = 0; i < tries; i++) {
      predicted.push(told(name, 'estimate'))
      measured.push(told(name, 'train'))
    }
    console.log(`${name}: predicted slowest, in ms: ${predicted.at(-1)!.slowest}`)
    const figure = (figure: string, unit: string, of: (t: Told) => number): Figure => {
      const [ours, theirs] = [median(predicted.map(of)), median(measured.map(of))]
      return {
        bench: 'estimate',
        figure: `${name}: ${figure}`,
        ours,
        peer: 'measured',
        theirs,
        unit,
        ratio: theirs / ours,
      }
    }
    return [figure('a step', 'ms', (t) => t.ms), figure('memory', 'MiB', (t) => t.bytes / 2 ** 20)]
  })
}
