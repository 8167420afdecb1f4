/** @file Executes an evaluation: the model's probabilities for every test sample. */
import type { BuiltInJob, Client } from '@capstan/api'
import { softmax } from '@capstan/domain'
import { loadPredictor } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { fetchParts } from './data.ts'
import type { Report } from './report.ts'
import { surroundings } from './surroundings.ts'

type Result = { probabilities: string } | 'released' | 'cancelled'

export async function evaluateModel(
  capstan: Client,
  { run, dataset }: BuiltInJob,
  report: Report,
): Promise<Result> {
  const { test } = await fetchParts(capstan, dataset)
  const bytes = await capstan.blobs.get({ params: { hash: run.model! } })
  const predictor = await loadPredictor(nodeRuntime(), bytes, { scale: 1 / 255 })
  try {
    const { logits, classes, count } = await predictor.predict(test.images)
    if (report.signal.aborted) return report.signal.reason === 'stopping' ? 'released' : 'cancelled'
    const rows = Float32Array.from(softmax(logits, classes))
    report.update({
      environment: surroundings(predictor.provider),
      progress: { epoch: 1, epochs: 1, step: count, steps: count, samplesPerSecond: 0, secondsLeft: 0 },
    })
    const { hash } = await capstan.blobs.put({ body: new Uint8Array(rows.buffer) })
    return { probabilities: hash }
  } finally {
    await predictor.release()
  }
}
