/** @file Market segments, criteria, competitors and trends, SWOT entries. */
import type { Contender, Criterion, Segment, SwotEntry } from '@capstan/api'
import { recordStore } from '../database/records.ts'

export const segments = recordStore<Segment>('segments', 'segment')
export const criteria = recordStore<Criterion>('criteria', 'criterion')
export const contenders = recordStore<Contender>('contenders', 'contender')
export const swotEntries = recordStore<SwotEntry>('swot_entries', 'SWOT entry')
