/** @file Designs. */
import type { Design } from '@capstan/api'
import { recordStore } from '../database/records.ts'

export const designs = recordStore<Design>('designs', 'design')
