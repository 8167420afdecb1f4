/** @file What a measure asks, as a sentence in the reader's language. */
import type { Measure } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { askedOf, filterText } from './measures.view.ts'

export function useQuestion(all: readonly Measure[]): (measure: Measure) => string {
  const { t } = useTranslation()
  const format = useFormat()
  const initiatives = useQuery(reads.initiatives()).data ?? []
  const datasets = useQuery(reads.datasets()).data ?? []
  const pools = useQuery(reads.pools()).data ?? []
  const named = new Map([...initiatives, ...datasets, ...pools, ...all].map(({ id, name }) => [id, name]))
  const nameOf = (id: string) => named.get(id) ?? id
  return ({ query, unit }) => {
    if (query.source === 'typed') return t('measures.typed')
    if (query.source === 'margin') {
      const limit = format.value(query.limit, unit)
      return t('measures.margin', { name: nameOf(query.measureId), limit })
    }
    if (query.source === 'formula') {
      const names = query.measureIds.map(nameOf).join(', ')
      return t(`measures.formula.${query.operation}`, { names })
    }
    const asked = askedOf(query)!
    const { statistic, value, quantile, part = [], where, window } = asked
    const kind = statistic === 'rate' && value !== undefined ? 'rateOf' : statistic
    const what = t(`measures.statistic.${kind}`, {
      of: t(`measures.of.${asked.of}`),
      value: value ?? '',
      quantile: quantile === undefined ? '' : format.percent(quantile),
      part: part.map((one) => filterText(one, nameOf)).join(', '),
    })
    const filters = where.map((one) => filterText(one, nameOf)).join(', ')
    return [
      what,
      ...(filters === '' ? [] : [t('measures.where', { filters })]),
      ...(window.kind === 'days' ? [t('measures.window.days', { n: window.days })] : []),
      ...(window.kind === 'cycle' ? [t('measures.window.cycle')] : []),
    ].join(' · ')
  }
}
