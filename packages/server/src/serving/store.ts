/** @file Endpoints. */
import type { Endpoint } from '@capstan/api'
import { recordStore } from '../database/records.ts'

export type EndpointRecord = Omit<Endpoint, 'state' | 'error' | 'provider' | 'requests'> & {
  requests: number
}

export const endpoints = recordStore<EndpointRecord>('endpoints', 'endpoint')
