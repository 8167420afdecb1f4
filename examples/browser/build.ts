/** @file Builds a page that uses the engine, with Vite. */
import { build, defaultClientConditions } from 'vite'

export async function buildPage(root: string, outDir: string): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    // ONNX Runtime's WebAssembly is not bundled: the page's server gives it, at `wasmPath`.
    resolve: {
      conditions: ['capstan-source', 'onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
    },
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022' },
  })
}
