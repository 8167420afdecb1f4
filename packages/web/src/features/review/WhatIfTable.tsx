/** @file What the chosen proposals would make of the plan: only what moves, before and after. */
import type { PlanWhatIf } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { DataTable } from '../../ui/DataTable.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { type Difference, differencesOf } from './sitting.view.ts'

export function WhatIfTable({ found }: { found: PlanWhatIf }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rows = differencesOf(found)
  const show = (row: Difference, value: number | null) => {
    if (value === null) return t('plan.unknown')
    if (row.kind === 'value' || row.kind === 'loss' || row.kind === 'risk') return format.money(value)
    if (row.kind !== 'pool') return format.percent(value)
    const unit = found.after.pools.find(({ id }) => row.key === `pool ${id}`)?.unit ?? ''
    return format.value(value, unit)
  }
  const { resolved, before, after } = found
  return (
    <>
      {rows.length === 0 ? (
        <p className={ui.note}>{t('reviewing.nothingMoves')}</p>
      ) : (
        <DataTable
          caption={t('reviewing.whatIf')}
          rows={rows}
          keyOf={({ key }) => key}
          columns={[
            {
              key: 'what',
              head: '',
              cell: ({ kind, name }) => (
                <>
                  {name} <span className={ui.unit}>{t(`difference.${kind}`)}</span>
                </>
              ),
            },
            { key: 'before', head: t('plan.now'), right: true, cell: (row) => show(row, row.before) },
            { key: 'after', head: t('review.after'), right: true, cell: (row) => show(row, row.after) },
          ]}
        />
      )}
      {after.cycle.number !== before.cycle.number && (
        <p className={ui.note}>
          {t('reviewing.opens', { n: after.cycle.number, end: format.date(after.cycle.end) })}
        </p>
      )}
      {resolved && (
        <p className={ui.note}>
          {t('reviewing.resolved', {
            chosen:
              resolved.chosen.map(({ name }) => name).join(format.language === 'zh-CN' ? '、' : ', ') || '–',
            value: format.money(resolved.expectedValue),
          })}
        </p>
      )}
    </>
  )
}
