/** @file What is known of one thing that happened, as measures read it: words to filter by and numbers to fold. */
import type { Evidence, Origin } from './measure.ts'

export type FactSource = 'run' | 'evaluation' | 'endpoint' | 'ledger' | 'dataset' | 'task' | 'incident'

export type Fact = {
  source: FactSource
  /** Names the fact within its source; a later fact of the same name takes its place. */
  id: string
  /** ISO 8601 UTC with milliseconds, so that text order is time order. */
  at: string
  origin: Origin
  evidence: Evidence
  words: Record<string, string>
  numbers: Record<string, number>
  /** Standard errors of some of the numbers. */
  errors?: Record<string, number>
}

/** The unit of a number: a symbol, `currency` of the workspace, `pool` for the pool's own, or null when any may be. */
type Unit = string | null

type Fields = {
  words: readonly string[]
  /** Fields with a name of the team's own after the dot: `tag.owner`. */
  openWords: readonly string[]
  numbers: Readonly<Record<string, Unit>>
  openNumbers: readonly string[]
}

/** What may be asked of each source. */
export const factFields = {
  run: {
    words: [
      'run',
      'name',
      'kind',
      'state',
      'experiment',
      'initiative',
      'user',
      'dataset-version',
      'design',
      'parent',
    ],
    openWords: ['tag', 'param'],
    numbers: {
      cost: 'currency',
      seconds: 's',
      'cpu-seconds': 's',
      'gpu-seconds': 's',
      energy: 'J',
      memory: 'B',
      loss: null,
      attempts: null,
      'estimate-ratio': '1',
    },
    openNumbers: ['metric', 'param'],
  },
  evaluation: {
    words: ['evaluation', 'run', 'dataset', 'dataset-version', 'initiative', 'experiment'],
    openWords: [],
    numbers: {
      accuracy: '1',
      loss: null,
      'calibration-error': '1',
      samples: null,
      correct: null,
      mistakes: null,
    },
    openNumbers: ['recall', 'precision', 'f1'],
  },
  endpoint: {
    words: ['endpoint', 'model'],
    openWords: [],
    numbers: { p50: 'ms', p95: 'ms', p99: 'ms', requests: null, errors: null, 'error-share': '1' },
    openNumbers: [],
  },
  ledger: {
    words: ['pool', 'initiative', 'evidence', 'origin'],
    openWords: [],
    numbers: { quantity: 'pool', cost: 'currency', rate: null, burn: '1' },
    openNumbers: [],
  },
  dataset: {
    words: ['dataset', 'name'],
    openWords: [],
    numbers: {
      samples: null,
      'train-samples': null,
      'test-samples': null,
      classes: null,
      duplicates: null,
      leaks: null,
      blank: null,
      bytes: 'B',
      number: null,
    },
    openNumbers: [],
  },
  task: {
    words: ['task', 'state', 'initiative', 'assignee'],
    openWords: [],
    numbers: { 'estimate-days': 'day', 'open-days': 'day' },
    openNumbers: [],
  },
  incident: {
    words: ['incident', 'risk', 'severity', 'state', 'initiative'],
    openWords: [],
    numbers: { loss: 'currency', 'open-hours': 'h' },
    openNumbers: [],
  },
} as const satisfies Record<FactSource, Fields>

export const factSources = Object.keys(factFields) as FactSource[]

const fieldsOf = (source: FactSource): Fields => factFields[source]

const opens = (prefixes: readonly string[], field: string): boolean =>
  prefixes.some((prefix) => field.startsWith(`${prefix}.`) && field.length > prefix.length + 1)

export const isWord = (source: FactSource, field: string): boolean => {
  const { words, openWords } = fieldsOf(source)
  return words.includes(field) || opens(openWords, field)
}

export const isNumber = (source: FactSource, field: string): boolean => {
  const { numbers, openNumbers } = fieldsOf(source)
  return Object.hasOwn(numbers, field) || opens(openNumbers, field)
}

export const unitOfNumber = (source: FactSource, field: string): Unit =>
  fieldsOf(source).numbers[field] ?? null

/** Every field that a source has, for sentences; open ones with a star: `tag.*`. */
export const fieldNames = (source: FactSource, kind: 'word' | 'number' | 'any'): string[] => {
  const { words, openWords, numbers, openNumbers } = fieldsOf(source)
  const star = (prefixes: readonly string[]) => prefixes.map((prefix) => `${prefix}.*`)
  const all = [
    ...(kind === 'number' ? [] : [...words, ...star(openWords)]),
    ...(kind === 'word' ? [] : [...Object.keys(numbers), ...star(openNumbers)]),
  ]
  return [...new Set(all)]
}
