/** @file Executes a training run: data, model, steps, checkpoints, and the exported model at the end. */
import type { BuiltInJob, Client, Run } from '@capstan/api'
import { adam, createTrainer, crossEntropy, nn, sgd } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { pick } from '../datasets/files.ts'
import { modelOf } from '../designs/model.ts'
import { fetchParts } from './data.ts'
import type { Report } from './report.ts'
import { surroundings } from './surroundings.ts'

type Result = { model: string } | 'released' | 'cancelled'

export async function trainModel(
  capstan: Client,
  { run, source, dataset }: BuiltInJob,
  report: Report,
): Promise<Result> {
  const { epochs, batchSize, learningRate, optimizer, seed, threads } = run.parameters
  const { train, split } = await fetchParts(capstan, dataset)
  const sampleShape = dataset.sampleShape
  const runtime = nodeRuntime(threads === undefined ? {} : { threads })
  const trainer = await createTrainer({
    model: nn.initialise(modelOf(source), { seed }),
    runtime,
    data: { ...pick(train, split.train), sampleShape },
    validation: { ...pick(train, split.validation), sampleShape },
    scale: 1 / 255,
    loss: crossEntropy(),
    optimiser: optimizer === 'adam' ? adam({ learningRate }) : sgd({ learningRate }),
    epochs,
    batchSize,
    seed,
  })
  try {
    if (run.checkpoint) trainer.resume(await capstan.blobs.get({ params: { hash: run.checkpoint.blob } }))
    const from = trainer.position.epoch
    const epochLosses = run.epochLosses.slice(0, from)
    const validation: Run['validation'] = run.validation.slice(0, from)
    report.update({ environment: surroundings(trainer.provider), epochLosses, validation })

    for await (const event of trainer.run({ signal: report.signal })) {
      if (event.kind === 'progress') {
        const { epoch, step, steps, losses, samplesPerSecond, secondsLeft } = event
        const before = (epoch - 1) * steps + step - losses.length
        losses.forEach((loss, i) => {
          report.metric('loss', before + i + 1, loss)
        })
        report.update({ progress: { epoch, epochs, step, steps, samplesPerSecond, secondsLeft } })
      } else {
        epochLosses.push(event.loss)
        if (event.validation) {
          const { loss, accuracy } = event.validation
          if (accuracy === undefined)
            throw new Error('internal: a classifier is validated without its accuracy')
          const step = event.epoch * trainer.stepsPerEpoch
          validation.push({ epoch: event.epoch, loss, accuracy })
          report.metric('validation-accuracy', step, accuracy)
          report.metric('validation-loss', step, loss)
        }
        await report.checkpoint(trainer.checkpoint(), trainer.position, { epochLosses, validation })
      }
    }
    if (report.signal.aborted) {
      if (report.signal.reason !== 'stopping') return 'cancelled'
      await report.checkpoint(trainer.checkpoint(), trainer.position, { epochLosses, validation })
      return 'released'
    }
    const { hash } = await capstan.blobs.put({
      body: trainer.exportInference({ probabilities: true }) as Uint8Array<ArrayBuffer>,
    })
    return { model: hash }
  } finally {
    await trainer.release()
  }
}
