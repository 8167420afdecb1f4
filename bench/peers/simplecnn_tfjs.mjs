/** @file SimpleCNN on MNIST in TensorFlow.js (its cpu backend), from the folder it is installed in: one JSON line per round. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const [folder, images, labels, rounds, steps] = process.argv.slice(2)
// Its hints about a native package that no longer installs go to the terminal, where the figures belong.
console.log = console.warn = () => {}
const tf = createRequire(`${folder}/package.json`)('@tensorflow/tfjs')
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)
await tf.setBackend('cpu')

const batch = 64
const pixels = new Uint8Array(readFileSync(images)).subarray(16)
const classes = new Uint8Array(readFileSync(labels)).subarray(8)

const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 32, kernelSize: 3, activation: 'relu' }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 10, activation: 'softmax' }),
  ],
})
model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' })

async function train(count) {
  let last
  for (let i = 0; i < count; i++) {
    const at = (i % 900) * batch
    const x = tf.tensor4d(
      Float32Array.from(pixels.subarray(at * 784, (at + batch) * 784), (v) => v / 255),
      [batch, 28, 28, 1],
    )
    const y = tf.oneHot(tf.tensor1d(Int32Array.from(classes.subarray(at, at + batch)), 'int32'), 10)
    last = await model.trainOnBatch(x, y)
    tf.dispose([x, y])
  }
  return last
}

await train(1)
say({ ready: tf.version.tfjs })
let done = 0
for await (const _ of createInterface({ input: process.stdin })) {
  const began = performance.now()
  const loss = await train(Number(steps))
  say({ seconds: (performance.now() - began) / 1000, steps: Number(steps), loss })
  if (++done === Number(rounds)) break
}
process.exit(0)
