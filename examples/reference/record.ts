/** @file Repeats what an example is compared with - the same model on the same split, in Python - and writes it down. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset } from '@capstan/engine'
import { loadCifar10 } from '../data/cifar10.ts'
import { fashionMnist, mnist } from '../data/idx.ts'
import { imdb } from '../data/imdb.ts'
import { DataError, dataFolder } from '../data/package.ts'
import { characters, mobyDick, roosevelt, songci, vocabularyOf } from '../data/text.ts'
import type { Recorded, Reference } from '../report.ts'

/** What the example trains on: data sets by name, and the size of the vocabulary. */
interface Given {
  readonly sets: Readonly<Record<string, Dataset>>
  readonly vocabulary?: number
}

const pictures = ({ train, test }: { train: Dataset; test: Dataset }): Given => ({ sets: { train, test } })

async function reviews(): Promise<Given> {
  const { train, test, vocabulary } = await imdb()
  return { sets: { train, test }, vocabulary: vocabulary.length }
}

function text(all: string, vocabulary: readonly string[]): Given {
  const { train, test } = characters(all, vocabulary, 64)
  return { sets: { train, test }, vocabulary: vocabulary.length }
}

/** The script that trains the reference, and the split that the example trains on. */
const references: Readonly<Record<string, { script: string; given: () => Given | Promise<Given> }>> = {
  'simplecnn-mnist': { script: 'vision.py', given: () => pictures(mnist()) },
  'simplecnn-fashion': { script: 'vision.py', given: () => pictures(fashionMnist()) },
  'resnet-cifar10': {
    script: 'vision.py',
    given: async () => pictures({ train: await loadCifar10('train'), test: await loadCifar10('test') }),
  },
  'imdb-attention': { script: 'text.py', given: reviews },
  'imdb-gru': { script: 'text.py', given: reviews },
  'char-gpt': {
    script: 'text.py',
    given: async () => {
      const novel = await mobyDick()
      return text(novel.text, vocabularyOf(novel.text))
    },
  },
  'char-gpt-songci': {
    script: 'text.py',
    given: async () => {
      const poems = await songci()
      return text(poems.text.slice(0, 1_000_000), vocabularyOf(poems.text, 20))
    },
  },
  lora: {
    script: 'text.py',
    given: async () => {
      const [novel, speeches] = [await mobyDick(), await roosevelt()]
      const vocabulary = vocabularyOf(novel.text + speeches.text)
      const base = text(novel.text, vocabulary).sets
      const { sets } = text(speeches.text, vocabulary)
      return {
        sets: { ...sets, 'base-train': base.train!, 'base-test': base.test! },
        vocabulary: vocabulary.length,
      }
    },
  },
  autoencoder: { script: 'autoencoder.py', given: () => pictures(mnist()) },
}

/**
 * Hands the data to the Python script as raw files and saves what it measured as examples/reference/NAME.json. Python
 * is `/usr/bin/python3` with Debian's python3-torch, or what CAPSTAN_PYTHON names.
 * @throws DataError where there is no reference, or Python fails
 */
export async function record(name: string): Promise<void> {
  const found = references[name]
  if (found === undefined) throw new DataError(`${name} has no reference`, 'Choose another example.')
  const { sets, vocabulary } = await found.given()
  mkdirSync(dataFolder(), { recursive: true })
  const folder = mkdtempSync(join(dataFolder(), '.reference-'))
  try {
    for (const [part, data] of Object.entries(sets)) write(folder, part, data)
    writeFileSync(join(folder, 'extra.json'), JSON.stringify({ vocabulary }))
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
    const references = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Reference)
    const recorded: Recorded = { command: `npm run example -- --reference ${name}`, references }
    writeFileSync(join('examples', 'reference', `${name}.json`), `${JSON.stringify(recorded, null, 2)}\n`)
    console.log(JSON.stringify(recorded, null, 2))
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
