/** @file SimpleCNN on MNIST in jax-js (WebAssembly), run inside the folder it is installed in: one JSON line per round. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [folder, images, labels, rounds, steps] = process.argv.slice(2)
const entry = createRequire(`${folder}/package.json`).resolve('@jax-js/jax')
const {
  init,
  defaultDevice,
  jit,
  lax,
  nn,
  numpy: np,
  tree,
  valueAndGrad,
} = await import(pathToFileURL(entry).href)
await init('wasm')
defaultDevice('wasm')

const batch = 64
const pixels = new Uint8Array(readFileSync(images)).subarray(16)
const classes = new Uint8Array(readFileSync(labels)).subarray(8)
const uniform = (shape, fanIn) => {
  const data = Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    () => (2 * Math.random() - 1) / Math.sqrt(fanIn),
  )
  return np.array(data).reshape(shape)
}

const loss = (p, x, y) => {
  const maps = nn.relu(lax.conv(x, p.w, [1, 1], 'VALID').add(p.b))
  const pooled = np.max(maps.reshape([batch, 32, 13, 2, 13, 2]), [3, 5])
  const logits = np.dot(pooled.reshape([batch, 5408]), p.fc).add(p.fcb)
  return nn
    .logSoftmax(logits)
    .mul(y)
    .sum()
    .mul(-1 / batch)
}
const step = jit((p, x, y) => {
  const [value, grads] = valueAndGrad(loss)(tree.ref(p), x, y)
  return [value, tree.map((w, g) => w.sub(g.mul(0.05)), p, grads)]
})

let parameters = {
  w: uniform([32, 1, 3, 3], 9),
  b: uniform([1, 32, 1, 1], 9),
  fc: uniform([5408, 10], 5408),
  fcb: uniform([10], 5408),
}
async function train(count) {
  let last
  for (let i = 0; i < count; i++) {
    const at = (i % 900) * batch
    const x = Float32Array.from(pixels.subarray(at * 784, (at + batch) * 784), (v) => v / 255)
    const y = new Float32Array(batch * 10)
    for (let j = 0; j < batch; j++) y[j * 10 + classes[at + j]] = 1
    const [value, next] = step(
      parameters,
      np.array(x).reshape([batch, 1, 28, 28]),
      np.array(y).reshape([batch, 10]),
    )
    parameters = next
    last = (await value.data())[0]
  }
  return last
}

await train(3)
console.log(JSON.stringify({ ready: '@jax-js/jax' }))
let done = 0
for await (const _ of createInterface({ input: process.stdin })) {
  const began = performance.now()
  const value = await train(Number(steps))
  console.log(
    JSON.stringify({ seconds: (performance.now() - began) / 1000, steps: Number(steps), loss: value }),
  )
  if (++done === Number(rounds)) break
}
process.exit(0)
