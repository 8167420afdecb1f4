/** @file The plan of cash: one record, typed in by people. */
import type { RunwayPlan } from '@capstan/api'
import { recordStore } from '../database/records.ts'

export const runwayPlans = recordStore<RunwayPlan>('runway_plans', 'runway plan')

/** There is one plan of cash for the whole workspace. */
export const RUNWAY = 'runway'
