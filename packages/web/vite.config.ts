/** @file Builds the pages into dist with hashed names, compressed beforehand; in development it forwards to a running server. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'

const server = process.env.CAPSTAN_ADDRESS ?? 'http://127.0.0.1:4600'

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react(), compressed()],
  resolve: { conditions: ['capstan-source', ...defaultClientConditions] },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 900 },
  server: { proxy: { '/api': server, '/v2': server } },
})

/** Lays a Brotli and a gzip copy beside each text file, so that the server sends the smaller without work. */
function compressed(): Plugin {
  let folder = ''
  return {
    name: 'capstan-compressed',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    writeBundle(options) {
      const root = options.dir ?? folder
      for (const name of readdirSync(root, { recursive: true }) as string[]) {
        if (!/\.(js|css|svg)$/.test(name)) continue
        const bytes = readFileSync(join(root, name))
        writeFileSync(
          join(root, `${name}.br`),
          brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
        )
        writeFileSync(join(root, `${name}.gz`), gzipSync(bytes, { level: 9 }))
      }
    },
  }
}
