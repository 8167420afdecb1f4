/** @file Test projects: unit beside the source, e2e through the real server, integration with what only Debian or PyPI carry. */
import { defineConfig } from 'vitest/config'

// unit tests take workspace packages from their sources; the others run what was built, as users do
const resolve = { conditions: ['capstan-source'] }
const ssr = { resolve: { conditions: ['capstan-source'] } }

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'tests/architecture/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
