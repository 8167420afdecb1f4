/** @file Training follows PyTorch step by step on real data. */
import { describe, expect, it } from 'vitest'
import { newGraph } from '../graph/graph.ts'
import { crossEntropy } from '../loss/cross-entropy.ts'
import { writeModel } from '../onnx/write.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { lossAndGradient } from './graphs.ts'
import { joined, layoutOf } from './layout.ts'
import { mnist } from './mnist.fixture.ts'
import { loadPredictor } from './predictor.ts'
import { startModel } from './simple-cnn.fixture.ts'
import reference from './testdata/simplecnn-torch.json' with { type: 'json' }
import { createTrainer } from './trainer.ts'

const runtime = nodeRuntime({ threads: 2 })

const trainer = (stepsPerCall: number) =>
  createTrainer({
    model: startModel(),
    runtime,
    data: mnist('train', 200 * 64),
    scale: 1 / 255,
    epochs: 1,
    batchSize: 64,
    shuffle: false,
    stepsPerCall,
  })

describe('SimpleCNN on MNIST against PyTorch', () => {
  it('has the same losses for 200 steps, within 1e-3', async () => {
    const training = await trainer(25)
    const losses: number[] = []
    for await (const event of training.run()) if (event.kind === 'progress') losses.push(...event.losses)
    const expected = reference.loss_before_update_at_step
    const worst = Math.max(...expected.map((v, i) => Math.abs(losses[i]! - v) / v))
    expect(losses).toHaveLength(200)
    expect(worst).toBeLessThan(1e-3)

    const predictor = await loadPredictor(runtime, training.exportInference(), { scale: 1 / 255 })
    const { accuracy } = await predictor.evaluate(mnist('t10k', 10_000))
    expect(Math.abs(accuracy - reference.test_accuracy_after_200_steps_on_10000)).toBeLessThan(0.002)
    await Promise.all([predictor.release(), training.release()])
  })

  it('has the same gradient norms in the first five steps', async () => {
    const training = await trainer(1)
    const graph = newGraph()
    const model = startModel()
    const parameters = graph.input('parameters', 'float32', [54_410])
    const x = graph.input('x', 'float32', [64, 1, 28, 28])
    const labels = graph.input('labels', 'int32', [64])
    const weights = { layout: layoutOf(model), parameters: [parameters], frozen: null, buffers: null }
    const { gradient } = lossAndGradient({ model, loss: crossEntropy(), weights, x, labels })
    const inputs = [parameters, x, labels]
    const session = await runtime.createSession(
      writeModel({ graph, inputs, outputs: [joined(gradient)], outputNames: ['gradient'] }),
    )
    const data = mnist('train', 64 * 5)
    for (const [step, norms] of reference.gradient_l2_norms_steps_0_to_4.entries()) {
      const flat = Float32Array.from([...training.state().values()].flatMap(({ data }) => [...data]))
      const { gradient: result } = await session.run({
        parameters: { dtype: 'float32', shape: [54_410], data: flat },
        x: {
          dtype: 'float32',
          shape: [64, 1, 28, 28],
          data: Float32Array.from(
            data.samples.subarray(step * 64 * 784, (step + 1) * 64 * 784),
            (v) => v / 255,
          ),
        },
        labels: {
          dtype: 'int32',
          shape: [64],
          data: Int32Array.from(data.labels.subarray(step * 64, (step + 1) * 64)),
        },
      })
      let at = 0
      for (const [name, { data }] of training.state()) {
        const part = (result!.data as Float32Array).subarray(at, at + data.length)
        at += data.length
        const norm = Math.hypot(...part)
        const expected = norms[name as keyof typeof norms]
        expect(Math.abs(norm - expected) / expected, `${name} at step ${step}`).toBeLessThan(2e-3)
      }
      // One step on: the trainer runs one call and is stopped.
      const stop = new AbortController()
      for await (const event of training.run({ signal: stop.signal }))
        if (event.kind === 'progress') stop.abort()
    }
    await Promise.all([session.release(), training.release()])
  })
})
