/** @file The published listing reads back as it was, and its fix touches the linear layer alone. */
import { DesignSource } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import { fittingInputs, listingText, publishedListing, withInputs } from './listing.ts'

describe('listing', () => {
  it('is a valid source that declares 1,568 inputs', () => {
    const parsed = DesignSource.parse(JSON.parse(listingText(publishedListing)))
    expect(parsed.layers.at(-1)).toMatchObject({ name: 'fc1', in: 1568, out: 10 })
  })
  it('is mended to 5,408', () => {
    const fixed = DesignSource.parse(JSON.parse(withInputs(listingText(publishedListing), fittingInputs)))
    expect(fixed.layers.at(-1)).toMatchObject({ in: 5408 })
    expect(fixed.layers.slice(0, -1)).toEqual(DesignSource.parse(publishedListing).layers.slice(0, -1))
  })
})
