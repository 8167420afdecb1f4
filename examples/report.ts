/** @file Prints what an example reached beside what its reference reached on the same split. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TrainEvent } from '@capstan/engine'

/** Whether only a moment's training is wanted, to see that the example works (CAPSTAN_EXAMPLE_SMOKE=1). */
export const smoke = process.env.CAPSTAN_EXAMPLE_SMOKE === '1'

/** A line for each epoch; on a terminal, meanwhile, how far it is. */
export function print(event: TrainEvent): void {
  const { stdout } = process
  const at = `Epoch [${event.epoch}/${event.epochs}]`
  if (event.kind === 'progress') {
    const { step, steps, secondsLeft } = event
    if (stdout.isTTY) stdout.write(`\r${at}, step ${step} of ${steps}, ${Math.round(secondsLeft)} s left   `)
    return
  }
  if (stdout.isTTY) stdout.write('\r\u001b[K')
  const { loss, validation } = event
  const measured = validation
    ? [
        `, test loss: ${validation.loss.toFixed(4)}`,
        validation.accuracy === undefined
          ? ''
          : `, test accuracy: ${(100 * validation.accuracy).toFixed(2)} %`,
      ]
    : []
  console.log(`${at}, loss: ${loss.toFixed(4)}${measured.join('')}`)
}

/** Figures by name, such as { accuracy: 0.98, seconds: 12 }. */
export type Figures = Readonly<Record<string, number>>

export interface Reference {
  /** 'PyTorch 1.13.1 CPU' */
  readonly what: string
  readonly figures: Figures
  /** Versions of what ran, by name. */
  readonly software: Readonly<Record<string, string>>
}

/** A file of examples/reference. */
export interface Recorded {
  /** How to get the figures again. */
  readonly command: string
  readonly references: readonly Reference[]
}

/** What was recorded for an example; nothing where nothing was. */
export function references(example: string): readonly Reference[] {
  const file = join(process.cwd(), 'examples', 'reference', `${example}.json`)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recorded).references : []
}

/**
 * One table for people and one line of JSON for programs. `seconds` are of training alone, by the clock on the wall; the
 * processor's seconds are of the whole run, with data, validation and all threads, and tell little of what else runs.
 */
export function report(example: string, reached: Figures): void {
  const { user, system } = process.cpuUsage()
  const ours: Figures = { ...reached, processorSeconds: (user + system) / 1e6 }
  const columns = [{ what: 'Capstan', figures: ours }, ...references(example)]
  const names = Object.keys(Object.assign({}, ...columns.map(({ figures }) => figures)) as Figures)
  const rows = [
    ['', ...columns.map(({ what }) => what)],
    ...names.map((name) => [words(name), ...columns.map(({ figures }) => show(name, figures[name]))]),
  ]
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  console.log()
  for (const row of rows) console.log(row.map((cell, i) => cell.padEnd(widths[i]!)).join('  '))
  if (smoke) console.log('\nA shortened run, to see that it works: the references are those of the full one.')
  console.log(JSON.stringify({ example, smoke, ours, references: references(example) }))
}

/** 'bitsPerCharacter' -> 'bits per character' */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

function show(name: string, value: number | undefined): string {
  if (value === undefined) return '-'
  if (/accuracy/i.test(name)) return `${(100 * value).toFixed(2)} %`
  if (/seconds/i.test(name)) return `${value.toFixed(1)} s`
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toPrecision(4)
}
