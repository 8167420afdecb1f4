/** @file What a version was made from, as a form holds it. */
import type { Lineage } from '@capstan/api'
import type { BodyOf } from '../../server/client.ts'

export interface LineageFields {
  parents: string[]
  foreign: { name: string; flop: string; source: string }[]
  /** FLOP as it is written, 1.2e21; empty to read the run. */
  flop: string
  note: string
}

export const lineageFields = (lineage: Lineage | null): LineageFields => ({
  parents: lineage?.parents ?? [],
  foreign: (lineage?.foreign ?? []).map(({ name, flop, source }) => ({ name, flop: written(flop), source })),
  flop: written(lineage?.flop ?? null),
  note: lineage?.note ?? '',
})

const written = (flop: number | null): string => (flop === null ? '' : String(flop))

/** Empty is unknown; what is no number is sent as none, and refused. */
const flopOf = (text: string): number | null => (text.trim() === '' ? null : Number(text.trim()))

export const lineageBody = ({ parents, foreign, flop, note }: LineageFields): BodyOf<'lineage', 'set'> => ({
  ...{ parents, note, flop: flopOf(flop) },
  foreign: foreign.map((model) => ({ ...model, flop: flopOf(model.flop) })),
})

/** What a field of FLOP takes: digits, with an exponent or without. */
export const flopPattern = String.raw`\s*\d+(\.\d+)?([eE]\+?\d{1,2})?\s*`
