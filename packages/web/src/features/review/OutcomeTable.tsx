/** @file What was predicted when the plan was made, beside what came, with the evidence of each. */
import type { Outcome, Review } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { evidencePath } from '../../paths.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { Figure } from '../../ui/Figure.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'

export function OutcomeTable({ review }: { review: Review }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rows = (review.outcomes ?? []).filter(({ predicted, came }) => predicted !== null || came !== null)
  if (rows.length === 0) return <p className={ui.empty}>{t('reviewing.noOutcomes')}</p>
  const show = ({ scale, unit, kind }: Outcome, value: number) =>
    kind === 'decision' && scale === 'proportion'
      ? format.percent(value, 0)
      : format.value(value, scale === 'proportion' ? '1' : unit)
  const name = ({ kind, name }: Outcome) =>
    kind === 'runTime' ? t('reviewing.runsOf', { n: format.integer(Number(name)) }) : name
  return (
    <DataTable
      caption={t('reviewing.outcomes')}
      rows={rows}
      keyOf={({ kind, id }) => `${kind} ${id}`}
      columns={[
        {
          key: 'kind',
          head: '',
          cell: ({ kind }) => <span className={ui.unit}>{t(`outcome.${kind}`)}</span>,
        },
        { key: 'name', head: t('reviewing.what'), cell: name },
        {
          key: 'predicted',
          head: t('reviewing.predicted'),
          right: true,
          cell: (row) =>
            row.predicted === null ? (
              t('plan.unknown')
            ) : (
              <Figure
                value={show(row, row.predicted)}
                interval={
                  row.low === null || row.high === null
                    ? null
                    : `${show(row, row.low)} – ${show(row, row.high)}`
                }
              />
            ),
        },
        {
          key: 'came',
          head: t('reviewing.came'),
          right: true,
          cell: (row) => {
            if (row.came === null) return t('reviewing.notYet')
            const [first] = row.evidence
            if (row.kind === 'decision' && row.scale === 'proportion')
              return (
                <span className={ui.chip}>
                  {t(row.came > 0.5 ? 'decisionOutcome.met' : 'decisionOutcome.missed')}
                </span>
              )
            // a value that a person typed says so, and who
            const typed = row.kind === 'keyResult' && first?.noun === 'member'
            return (
              <Figure
                value={show(row, row.came)}
                href={first ? evidencePath(first) : null}
                {...(typed ? { origin: 'typed' as const } : {})}
              />
            )
          },
        },
      ]}
    />
  )
}
