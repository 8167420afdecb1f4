/** @file The risk register with its causes, indicators, incidents, mitigations, simulations and the appetite. */
import type {
  Incident,
  Indicator,
  Mitigation,
  Risk,
  RiskAppetite,
  RiskCause,
  RiskSimulation,
} from '@capstan/api'
import { type Db, type Revised, recordStore } from '../database/records.ts'

export type RiskRecord = Omit<Risk, 'now' | 'revision'>
/** `state` is what its last value said; that a measure fell silent shows in reads. */
export type IndicatorRecord = Omit<Indicator, 'state' | 'revision'>
export type MitigationRecord = Omit<Mitigation, 'worth' | 'revision'>
export type AppetiteRecord = Omit<RiskAppetite, 'standing' | 'revision'> & { id: string }

export const risks = recordStore<RiskRecord>('risks', 'risk')
export const indicators = recordStore<IndicatorRecord>('indicators', 'indicator')
export const causes = recordStore<Omit<RiskCause, 'revision'>>('risk_causes', 'cause')
export const incidents = recordStore<Omit<Incident, 'revision'>>('incidents', 'incident')
export const mitigations = recordStore<MitigationRecord>('mitigations', 'mitigation')
export const simulations = recordStore<RiskSimulation>('risk_simulations', 'risk simulation')
export const appetites = recordStore<AppetiteRecord>('risk_appetites', 'risk appetite')

/** There is one appetite for the whole workspace. */
export const APPETITE = 'appetite'

export const activeRisks = async (db: Db): Promise<(RiskRecord & Revised)[]> =>
  (await risks.list(db)).filter(({ archived }) => !archived)
