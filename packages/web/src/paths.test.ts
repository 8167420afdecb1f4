/** @file Addresses that others print lead to the page that shows them. */
import { expect, test } from 'vitest'
import { mlflowPath } from './paths.ts'

test("addresses of MLflow's clients", () => {
  expect(mlflowPath('#/experiments/1/runs/run_a')).toBe('/runs/run_a')
  expect(mlflowPath('#/experiments/1')).toBe('/runs')
  expect(mlflowPath('#ledger-4')).toBeNull()
  expect(mlflowPath('')).toBeNull()
})
