/** @file Tests of what differs between runs. */
import { expect, it } from 'vitest'
import { type Compared, differences } from './compare.ts'

const empty: Compared = { param: {}, code: {}, environment: {}, data: {}, tag: {}, metric: {} }

it('shows inputs before results, and what differs before what does not', () => {
  const a = { ...empty, param: { lr: '0.1', batch: '64' }, metric: { loss: 0.5, toString: 1 } }
  const b = {
    ...empty,
    param: { lr: '0.2', batch: '64', extra: 'x' },
    metric: { loss: Number.NaN, toString: 1 },
  }
  expect(differences([a, b]).map(({ group, key, differs }) => [group, key, differs])).toEqual([
    ['param', 'extra', true],
    ['param', 'lr', true],
    ['param', 'batch', false],
    ['metric', 'loss', true],
    ['metric', 'toString', false],
  ])
  expect(differences([a, b])[0]!.values).toEqual([null, 'x'])
})

it('takes two values that are not numbers for the same', () => {
  const nan = { ...empty, metric: { loss: Number.NaN } }
  expect(differences([nan, nan])[0]!.differs).toBe(false)
})
