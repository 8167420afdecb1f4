/** @file What is known of a run, as rows: where it belongs, code, parameters, data, limits and charges. */
import type { Capture, Client, DatasetVersion, LedgerEntry, Run } from '@capstan/api'
import { type Context, sentence } from '../context.ts'
import type { Format } from '../terminal/format.ts'

export interface Known {
  run: Run
  capture: Capture
  logged: Awaited<ReturnType<Client['tracking']['get']>>
  ledger: LedgerEntry[]
  experiment: string
  initiative: string | null
  parent: string | null
  repeats: string | null
  /** Of a built-in run. */
  dataset: { name: string; version: DatasetVersion } | null
  waiting: Run['error']
}

type Row = [label: string, value: string]

/** A row for a value that there is. */
const row = (label: string, value: string | null | undefined): Row[] => (value ? [[label, value]] : [])

export function runRows(context: Context, known: Known, currency: string): Row[] {
  const { say } = context
  const { run, capture, experiment, initiative, parent, repeats } = known
  return [
    [say('turn.run'), `${run.number} ${run.name}`],
    [say('runs.state'), stateOf(context, known, currency)],
    ...row(say('show.initiative'), initiative),
    [say('show.experiment'), experiment],
    ...row(say('show.user'), run.user),
    ...row(say('show.started'), timeOf(run.startedAt)),
    ...row(say('show.ended'), timeOf(run.endedAt)),
    ...row(say('show.attempt'), run.attempt > 1 ? String(run.attempt) : null),
    ...row(say('show.parent'), parent),
    ...row(say('show.repeats'), repeats),
    ...row(say('runs.command'), capture.command?.join(' ')),
    ...row(say('runs.folder'), capture.folder && `${capture.machine}:${capture.folder}`),
    ...row(say('workers.machine'), run.execution.machine),
  ]
}

function stateOf({ say, language }: Context, { run, waiting }: Known, currency: string): string {
  const state = say(`run.state.${run.state}`)
  const why = waiting ?? run.error
  const code = run.execution.exitCode
  return [state, code === null ? '' : `(${code})`, why ? `· ${sentence(why, language, currency)}` : '']
    .filter(Boolean)
    .join(' ')
}

export function codeRows({ say }: Context, { capture: { code } }: Known, format: Format): Row[] {
  const listed = say('show.files', { files: code.files, size: format.bytes(code.bytes) })
  const changes = code.diff && `${code.diff.slice(0, 12)}  ${say('show.seeDiff')}`
  const files = code.snapshot && `${listed}, ${code.snapshot.slice(0, 12)}`
  return [
    ...row(say('show.commit'), code.commit),
    ...row(say('show.branch'), code.branch),
    ...row(say('show.remote'), code.remote),
    ...row(say('show.changes'), code.kind === 'git' ? (changes ?? say('show.noChanges')) : null),
    ...row(say(code.kind === 'git' ? 'show.untracked' : 'show.snapshot'), files),
    ...row(say('show.leftOut'), code.leftOut.join(', ')),
    ...row(say('show.notCaptured'), code.kind === 'none' ? code.note : null),
  ]
}

/** Seeds among them: a seed is a parameter. */
export function parameterRows({ say }: Context, { run, capture, logged }: Known): Row[] {
  const own = run.parameters
  return [
    ...(own === null
      ? []
      : ([
          [say('show.epochs'), String(own.epochs)],
          [say('show.batchSize'), String(own.batchSize)],
          [say('show.learningRate'), String(own.learningRate)],
          [say('show.optimizer'), own.optimizer],
          [say('show.seed'), String(own.seed)],
        ] satisfies Row[])),
    ...Object.entries({ ...capture.parameters, ...logged.params }),
  ]
}

export const dataRows = ({ capture, dataset, logged }: Known): Row[] => [
  ...capture.data.map(({ name, label, hash }): Row => [name, `${label} · ${hash}`]),
  ...(dataset
    ? ([[dataset.name, `v${dataset.version.number} · ${dataset.version.hash}`]] satisfies Row[])
    : []),
  ...logged.inputs.map(
    ({ name, digest, context }): Row => [name, [digest, context].filter(Boolean).join(' · ')],
  ),
]

export function limitRows({ say }: Context, { run: { execution } }: Known, format: Format): Row[] {
  const { cores, gpus, memoryBytes, wallSeconds, maxAmount, priority, retries, failures } = execution
  return [
    ...row(say('workers.cores'), cores === null ? null : String(cores)),
    ...row('GPU', gpus === 0 ? null : String(gpus)),
    ...row(say('doctor.memory'), memoryBytes === null ? null : format.bytes(memoryBytes)),
    ...row(say('show.time'), wallSeconds === null ? null : format.seconds(wallSeconds)),
    ...row(say('turn.cost'), maxAmount === null ? null : format.money(maxAmount)),
    ...row(say('show.priority'), priority === 0 ? null : String(priority)),
    ...row(say('show.retries'), retries === 0 ? null : `${failures} / ${retries}`),
  ]
}

/** What it took, and the entries of the ledger that it was charged by. */
export function chargeRows({ say }: Context, { run, initiative, ledger }: Known, format: Format): Row[] {
  const { cost } = run
  const energy = cost.energyJoules === null ? '' : ` · ${format.number(cost.energyJoules / 3600, 2)} Wh`
  const used = say('runs.costLine', {
    amount: format.money(cost.amount),
    wall: format.number(cost.wallSeconds, 1),
    cpu: format.number(cost.cpuSeconds, 1),
    gpu: format.number(cost.gpuSeconds, 1),
    memory: format.number(cost.peakMemoryBytes / 2 ** 20, 0),
    energy,
  })
  const first = ledger[0]
  if (!first) return [[say('show.used'), used]]
  const sum = (of: (entry: LedgerEntry) => number) => ledger.reduce((total, entry) => total + of(entry), 0)
  return [
    [say('show.used'), used],
    [
      say('show.charged'),
      say('show.chargedLine', {
        amount: format.money(sum((entry) => entry.cost)),
        quantity: format.amount(
          sum((entry) => entry.quantity),
          first.unit,
          3,
        ),
        rate: format.money(first.rate),
        to: initiative ?? say('show.noInitiative'),
        entries: ledger.length,
      }),
    ],
  ]
}

const timeOf = (instant: string | null): string | null =>
  instant && `${instant.slice(0, 19).replace('T', ' ')} UTC`
