/** @file MLflow's limits and rules for what is logged, with its own wording. */
import { lastInstant } from '@capstan/api'
import {
  keyCharactersAllowed,
  keyPathIsOwn,
  maxKeyLength,
  maxParamLength,
  maxTagLength,
  normalPath,
} from '@capstan/domain'
import type { Metric } from '../metrics/store.ts'
import type { Pair } from '../tracking/store.ts'
import { double, type Fields, invalid, objects, optionalText, text, whole } from './protocol.ts'

export const limits = {
  metrics: 1000,
  params: 100,
  tags: 100,
  items: 1000,
  batchBytes: 1_000_000,
  historyPage: 25_000,
  searchPage: 50_000,
  experimentName: 500,
} as const

export interface MlflowMetric extends Metric {
  modelId: string | undefined
  datasetName: string | undefined
  datasetDigest: string | undefined
}

export function metricOf(fields: Fields, path: string): MlflowMetric {
  const key = keyOf(fields, path, 'name')
  const at = fields.timestamp == null ? Number.NaN : whole(fields, 'timestamp')
  if (!(at >= 0)) {
    throw invalid(
      `Invalid value ${JSON.stringify(fields.timestamp ?? null)} for parameter '${joined(path, 'timestamp')}' supplied: metric '${key}' (value=${String(fields.value)}). Timestamp must be a nonnegative long (64-bit integer)`,
    )
  }
  return {
    key,
    value: double(fields, 'value'),
    at: instant(at, joined(path, 'timestamp')),
    step: fields.step == null ? 0 : whole(fields, 'step'),
    modelId: optionalText(fields, 'model_id'),
    datasetName: optionalText(fields, 'dataset_name'),
    datasetDigest: optionalText(fields, 'dataset_digest'),
  }
}

export function instant(at: number, path: string): number {
  if (at < 0 || at > lastInstant) {
    throw invalid(
      `Invalid value ${at} for parameter '${path}' supplied: Timestamp must be a nonnegative long up to ${lastInstant}`,
    )
  }
  return at
}

export function paramOf(fields: Fields, path: string): Pair {
  const key = keyOf(fields, path, 'key')
  return { key, value: (optionalText(fields, 'value') ?? '').slice(0, maxParamLength) }
}

export function tagOf(fields: Fields, path: string): Pair {
  const key = keyOf(fields, path, 'key')
  return { key, value: (optionalText(fields, 'value') ?? '').slice(0, maxTagLength) }
}

/** Pairs of anything that has no rules but lengths. */
export const pairOf = (fields: Fields): Pair => ({
  key: text(fields, 'key').slice(0, maxKeyLength),
  value: optionalText(fields, 'value') ?? '',
})

export const pairsOf = (fields: Fields, name: string): Pair[] => objects(fields, name).map(pairOf)

export const pathOf = (name: string, i: number, of: number): string => (of === 1 ? '' : `${name}[${i}]`)
const joined = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

function keyOf(fields: Fields, path: string, name: string): string {
  const key = fields.key == null ? undefined : text(fields, 'key')
  const where = joined(path, name)
  const refuse = (why: string) =>
    invalid(`Invalid value ${JSON.stringify(key ?? null)} for parameter '${where}' supplied: ${why}`)
  if (key === undefined) {
    throw refuse('Key name cannot be None. A key name must be provided.')
  }
  if (!keyCharactersAllowed(key)) {
    throw refuse(
      'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).',
    )
  }
  if (!keyPathIsOwn(key)) {
    throw refuse(
      `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normalPath(key)}'`,
    )
  }
  if (key.length > maxKeyLength) {
    throw invalid(`'${where}' exceeds the maximum length of ${maxKeyLength} characters`)
  }
  return key
}

/** @throws {MlflowError} when a batch holds more than clients are told that it may */
export function checkBatch(counts: { metrics: number; params: number; tags: number }): void {
  const check = (name: string, length: number, limit: number) => {
    if (length <= limit) return
    throw invalid(
      `A batch logging request can contain at most ${limit} ${name}. Got ${length} ${name}. Please split up ${name} across multiple requests and try again.`,
    )
  }
  check('metrics', counts.metrics, limits.metrics)
  check('params', counts.params, limits.params)
  check('tags', counts.tags, limits.tags)
  check('metrics, params, and tags', counts.metrics + counts.params + counts.tags, limits.items)
}

export function checkUniqueParams(params: readonly Pair[]): void {
  const keys = params.map(({ key }) => key)
  const twice = keys.filter((key, i) => keys.indexOf(key) !== i)
  if (twice.length > 0) {
    throw invalid(
      `Duplicate parameter keys have been submitted: ${JSON.stringify(twice)}. Please ensure the request contains only one param value per param key.`,
    )
  }
}

export function experimentNameOf(fields: Fields, name: string): string {
  const value = text(fields, name)
  if (value === '') throw invalid(`Invalid experiment name: ''`)
  if (value.length > limits.experimentName) {
    throw invalid(`'name' exceeds the maximum length of ${limits.experimentName} characters`)
  }
  return value
}
