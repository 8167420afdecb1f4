/** @file The risk register, its indicators and simulations. */
import type { Indicator, Risk, RiskSimulation } from '@capstan/api'
import { recordStore } from '../database/records.ts'

export const risks = recordStore<Risk>('risks', 'risk')
export const indicators = recordStore<Indicator>('indicators', 'indicator')
export const simulations = recordStore<RiskSimulation>('risk_simulations', 'risk simulation')
