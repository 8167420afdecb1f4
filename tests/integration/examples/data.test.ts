/** @file The larger data sets of the examples hold what their authors say. */
import type { Dataset } from '@capstan/engine'
import { expect, it } from 'vitest'
import { loadCifar10 } from '../../../examples/data/cifar10.ts'
import { fashionMnist } from '../../../examples/data/idx.ts'
import { imdb } from '../../../examples/data/imdb.ts'
import { songci } from '../../../examples/data/text.ts'

const countsOf = ({ labels }: Pick<Dataset, 'labels'>): number[] => {
  const counts: number[] = []
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1
  return counts
}

it('reviews: no repeats, both parts mixed alike, words by frequency', async () => {
  const { train, test, vocabulary } = await imdb({ length: 200 })
  expect(train.labels.length + test.labels.length).toBe(49_582)
  for (const part of [train, test]) {
    const [blame, praise] = countsOf(part)
    expect(Math.abs(praise! / (blame! + praise!) - 0.5)).toBeLessThan(0.02)
  }
  expect(vocabulary.length).toBe(10_000)
  expect(vocabulary.slice(0, 4)).toEqual(['', '?', 'the', 'and'])
  // words, then zeros; at least one word
  for (let i = 0; i < test.labels.length; i++) {
    const row = test.samples.subarray(i * 200, (i + 1) * 200)
    const end = row.indexOf(0)
    expect(end).not.toBe(0)
    if (end > 0) expect(row.subarray(end).every((word) => word === 0)).toBe(true)
  }
})

it('pictures: as many of each kind', async () => {
  expect(countsOf(await loadCifar10('test'))).toEqual(Array(10).fill(1_000))
  const { train, test } = fashionMnist()
  expect(countsOf(train)).toEqual(Array(10).fill(6_000))
  expect(countsOf(test)).toEqual(Array(10).fill(1_000))
})

it('poems: one after the other, each under the name of its melody', async () => {
  const { text } = await songci()
  expect(text.split('\n\n').length).toBeGreaterThan(15_000)
  expect(text).toContain('水调歌头\n明月几时有，把酒问青天。')
})
