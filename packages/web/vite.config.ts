/** @file Builds the pages into dist with hashed names; in development it forwards to a running server. */
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

const server = process.env.CAPSTAN_ADDRESS ?? 'http://127.0.0.1:4600'

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  resolve: { conditions: ['capstan-source', ...defaultClientConditions] },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 900 },
  server: { proxy: { '/api': server, '/v2': server } },
})
