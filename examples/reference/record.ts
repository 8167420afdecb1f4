/** @file Repeats what an example is compared with - the same model on the same split, in Python - and writes it down. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset } from '@capstan/engine'
import { fashionMnist, mnist } from '../data/idx.ts'
import { DataError, dataFolder } from '../data/package.ts'
import type { Reference } from '../report.ts'

interface Split {
  readonly train: Dataset
  readonly test: Dataset
}

/** The script that trains the reference, and the split that the example trains on. */
const references: Readonly<Record<string, { script: string; split: () => Split | Promise<Split> }>> = {
  'simplecnn-mnist': { script: 'vision.py', split: mnist },
  'simplecnn-fashion': { script: 'vision.py', split: fashionMnist },
}

/**
 * Hands the split to the Python script as raw files and saves what it measured as examples/reference/NAME.json. Python
 * is `/usr/bin/python3` with Debian's python3-torch, or what CAPSTAN_PYTHON names.
 * @throws DataError where there is no reference, or Python fails
 */
export async function record(name: string): Promise<void> {
  const found = references[name]
  if (found === undefined) throw new DataError(`${name} has no reference`, 'Choose another example.')
  const split = await found.split()
  mkdirSync(dataFolder(), { recursive: true })
  const folder = mkdtempSync(join(dataFolder(), '.reference-'))
  try {
    for (const part of ['train', 'test'] as const) write(folder, part, split[part])
    const script = join('examples', 'reference', found.script)
    const python = process.env.CAPSTAN_PYTHON ?? '/usr/bin/python3'
    const { status, stdout } = spawnSync(python, [script, name, folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (status !== 0) {
      throw new DataError(
        `${python} ${script} failed`,
        'The references need python3-torch (and python3-sklearn for the autoencoder), as Debian packs them.',
      )
    }
    const measured = JSON.parse(stdout.trim().split('\n').at(-1)!) as Omit<Reference, 'command'>
    const reference: Reference = { ...measured, command: `npm run example -- --reference ${name}` }
    writeFileSync(join('examples', 'reference', `${name}.json`), `${JSON.stringify(reference, null, 2)}\n`)
    console.log(reference)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Raw little-endian values, beside a JSON file with their types and shapes. */
function write(folder: string, part: string, { samples, labels, sampleShape }: Dataset): void {
  const count = samples.length / sampleShape.reduce((a, b) => a * b, 1)
  const types = { Uint8Array: 'uint8', Int32Array: 'int32', Float32Array: 'float32' }
  const entry = (values: Dataset['samples'] | Dataset['labels'], shape: readonly number[]) => ({
    type: types[values.constructor.name as keyof typeof types],
    shape,
  })
  writeFileSync(join(folder, `${part}.samples`), samples)
  writeFileSync(join(folder, `${part}.labels`), labels)
  const each = labels.length / count
  writeFileSync(
    join(folder, `${part}.json`),
    JSON.stringify({
      samples: entry(samples, [count, ...sampleShape]),
      labels: entry(labels, each === 1 ? [count] : [count, each]),
    }),
  )
}
