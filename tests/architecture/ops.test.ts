/** @file The page of ops agrees with the tables of the engine. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { opTable } from '@capstan/engine'
import { expect, test } from 'vitest'
import { opsPage } from '../../scripts/ops-page.mjs'
import { root } from './source.ts'

test('docs/ops.md is what the tables say (npm run docs writes it)', () => {
  expect(readFileSync(join(root, 'docs/ops.md'), 'utf8')).toBe(opsPage(opTable()))
})
