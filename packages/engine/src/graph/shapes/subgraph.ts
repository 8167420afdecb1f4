/** @file Tells a subgraph from the other attributes. */
import type { Attribute, Subgraph } from '../types.ts'

export const isSub = (a: Attribute | undefined): a is Subgraph => typeof a === 'object' && 'graph' in a
