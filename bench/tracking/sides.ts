/** @file Starts both sides of a benchmark of tracking, ends them, and compares their figures. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from '../figure.ts'
import { needPython } from '../peers/install.ts'
import { smoke } from './api.ts'
import { type MlflowPeer, startMlflow } from './mlflow.ts'
import { type Ours, startOurs } from './ours.ts'

export interface NamedPeer extends MlflowPeer {
  readonly name: string
}

export interface Sides {
  readonly ours: Ours
  /** Real MLflow servers; none in a smoke run and where MLflow cannot be had. */
  readonly peers: readonly NamedPeer[]
  /** Of the environment that has MLflow's client. */
  readonly python: string | null
  /** For what the benchmark writes; gone afterwards. */
  readonly folder: string
}

const names = { sqlite: 'MLflow 3, SQLite', file: 'MLflow 3, file store' } as const

/** Calls `measure` with a Capstan server and with MLflow's on each of `stores`. */
export async function withSides(
  stores: readonly (keyof typeof names)[],
  measure: (sides: Sides) => Promise<Figure[]>,
): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-bench-tracking-'))
  const peers: NamedPeer[] = []
  const ours = await startOurs(join(folder, 'workspace'))
  try {
    const python = smoke ? null : needPython('mlflow3', ['mlflow>=3'], true)
    if (!smoke && python === null) console.log('MLflow cannot be installed here; figures stand alone.')
    for (const store of python === null ? [] : stores) {
      const place = join(folder, store)
      mkdirSync(place)
      try {
        peers.push({ ...(await startMlflow(python!, place, store)), name: names[store] })
      } catch (error) {
        console.log((error as Error).message)
      }
    }
    return await measure({ ours, peers, python, folder })
  } finally {
    for (const { stop } of peers) stop()
    await ours.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface Compared {
  readonly bench: string
  readonly figure: string
  readonly ours: number
  readonly peer: string
  readonly theirs: number
  readonly unit: string
  readonly better: 'more' | 'less'
}

export function compared({ better, ...figure }: Compared): Figure {
  const { ours, theirs } = figure
  return { ...figure, ratio: better === 'more' ? ours / theirs : theirs / ours }
}
