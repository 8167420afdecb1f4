/** @file Segments, contenders, criteria and SWOT entries as forms hold them. */
import type { Contender, Criterion, Segment, SwotEntry } from '@capstan/api'
import type { BodyOf } from '../../server/client.ts'
import { numberOf, percentOf, required, shareOf, type Typed } from '../../ui/form/fields.ts'

/** Least, most likely, greatest. */
export interface RangeFields {
  low: Typed
  mode: Typed
  high: Typed
}
export interface Range {
  low: number
  mode: number
  high: number
}

export const emptyRange: RangeFields = { low: '', mode: '', high: '' }
export const rangeOf = ({ low, mode, high }: RangeFields, make = (value: number) => value): Range => ({
  ...{ low: make(required(low)), mode: make(required(mode)), high: make(required(high)) },
})
const percents = ({ low, mode, high }: Range): RangeFields => ({
  ...{ low: percentOf(low), mode: percentOf(mode), high: percentOf(high) },
})

export interface SegmentFields {
  name: string
  summary: string
  size: RangeFields
  growth: RangeFields
  share: RangeFields
  year: Typed
  source: string
}

export const segmentFields =
  (year: number) =>
  (segment: Segment | null): SegmentFields => ({
    name: segment?.name ?? '',
    summary: segment?.summary ?? '',
    size: segment?.size ?? emptyRange,
    growth: segment ? percents(segment.growth) : { low: 0, mode: 0, high: 0 },
    share: segment ? percents(segment.share) : emptyRange,
    year: segment?.year ?? year,
    source: segment?.source ?? '',
  })

export const segmentBody = (fields: SegmentFields): BodyOf<'market', 'addSegment'> => ({
  ...{ name: fields.name, summary: fields.summary, source: fields.source, year: required(fields.year) },
  ...{ size: rangeOf(fields.size), growth: rangeOf(fields.growth, shareOf) },
  share: rangeOf(fields.share, shareOf),
})

export const stances = ['watch', 'try', 'adopt', 'leave'] as const

export interface ContenderFields {
  name: string
  summary: string
  ours: boolean
  stance: string
  /** By criterion; one without a number is not scored. */
  scores: Record<string, { score: Typed; source: string; date: string }>
}

export const contenderFields = (contender: Contender | null): ContenderFields => ({
  name: contender?.name ?? '',
  summary: contender?.summary ?? '',
  ours: contender?.ours ?? false,
  stance: contender?.stance ?? '',
  scores: Object.fromEntries(
    (contender?.scores ?? []).map(({ criterionId, score, source, date }) => [
      criterionId,
      { score, source, date: date ?? '' },
    ]),
  ),
})

export const contenderBody = ({ stance, scores, ...rest }: ContenderFields) => ({
  ...rest,
  stance: (stance || null) as Contender['stance'],
  scores: Object.entries(scores).flatMap(([criterionId, { score, source, date }]) => {
    const number = numberOf(score)
    return number === null ? [] : [{ criterionId, score: number, source, ...(date ? { date } : {}) }]
  }),
})

export interface CriterionFields {
  name: string
  weight: Typed
  scale: string
}

export const criterionFields = (criterion: Criterion | null): CriterionFields => ({
  ...{ name: criterion?.name ?? '', weight: criterion?.weight ?? 1, scale: criterion?.scale ?? '' },
})

export const criterionBody = ({ weight, ...texts }: CriterionFields) => ({
  ...texts,
  weight: required(weight),
})

export const swotKinds = ['strength', 'weakness', 'opportunity', 'threat'] as const

export interface SwotFields {
  kind: SwotEntry['kind']
  text: string
  note: string
  weight: string
  /** What it rests on as `noun/id`; empty for nothing. */
  link: string
}

export const swotFields =
  (kind: SwotEntry['kind']) =>
  (entry: SwotEntry | null): SwotFields => ({
    ...{ kind: entry?.kind ?? kind, text: entry?.text ?? '', note: entry?.note ?? '' },
    ...{ weight: String(entry?.weight ?? 3), link: entry?.link ? `${entry.link.noun}/${entry.link.id}` : '' },
  })

export const swotBody = ({ weight, link, ...rest }: SwotFields) => ({
  ...rest,
  weight: Number(weight),
  link: link === '' ? null : linkOf(link),
})

function linkOf(link: string): NonNullable<SwotEntry['link']> {
  const at = link.indexOf('/')
  return { noun: link.slice(0, at) as NonNullable<SwotEntry['link']>['noun'], id: link.slice(at + 1) }
}
