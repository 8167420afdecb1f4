/** @file Evaluations. */
import type { Evaluation } from '@capstan/api'
import { recordStore } from '../database/records.ts'

export const evaluations = recordStore<Evaluation>('evaluations', 'evaluation')
