/** @file Tests of the named designs: their declared sizes follow from the data's shape. */
import { DesignSource } from '@capstan/api'
import { expect, test } from 'vitest'
import { articleListing, digits, isNamedDesign, namedDesigns } from './named.ts'

const linearIn = (source: typeof articleListing) => {
  const last = source.layers.at(-1)!
  return last.type === 'linear' ? last.in : null
}

test('SimpleCNN on digits feeds 5,408 numbers to its linear layer, the article declares 1,568', () => {
  expect(linearIn(namedDesigns['simple-cnn'](digits))).toBe(5408)
  expect(linearIn(articleListing)).toBe(1568)
})

test('every named design is a valid source for other shapes, too', () => {
  for (const design of Object.values(namedDesigns))
    expect(DesignSource.safeParse(design({ height: 33, width: 20, classes: 47 })).success).toBe(true)
  expect(linearIn(namedDesigns['wide-cnn']({ height: 33, width: 20, classes: 47 }))).toBe(64 * 15 * 9)
})

test('names are known or not', () => {
  expect(isNamedDesign('simple-cnn')).toBe(true)
  expect(isNamedDesign('toString')).toBe(false)
})
