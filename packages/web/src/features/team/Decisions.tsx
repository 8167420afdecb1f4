/** @file Decisions with what they were expected to bring and how they turned out. */
import type { Decision } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { awaitsOutcome } from './decision.view.ts'
import { OutcomeForm } from './OutcomeForm.tsx'

export function Decisions() {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const decisions = useQuery(reads.decisions())
  return (
    <QueryView query={decisions} empty={t('team.noDecisions')}>
      {(rows) => (
        <DataTable
          caption={t('team.decisions')}
          rows={rows}
          keyOf={({ id }) => id}
          anchor="decision"
          columns={[
            {
              key: 'title',
              head: t('team.decision'),
              wide: true,
              cell: (row) => (
                <>
                  {row.title}
                  <div className={ui.note}>{sentence(row.reason)}</div>
                </>
              ),
            },
            {
              key: 'chosen',
              head: t('team.chosen'),
              cell: ({ chosen, options }) => (
                <>
                  {chosen}
                  <div className={ui.note}>
                    {t('decisionForm.insteadOf', {
                      others: options.filter((option) => option !== chosen).join(' · '),
                    })}
                  </div>
                </>
              ),
            },
            { key: 'expected', head: t('team.expected'), right: true, cell: (row) => <Expected row={row} /> },
            { key: 'outcome', head: t('team.outcome'), right: true, cell: (row) => <Outcome row={row} /> },
            {
              key: 'score',
              head: t('team.score'),
              right: true,
              cell: ({ score }) =>
                score ? (
                  <span className={ui.chip}>
                    {`${t(`scoreRule.${score.rule}`)} ${format.number(score.value)}`}
                  </span>
                ) : (
                  ''
                ),
            },
          ]}
        />
      )}
    </QueryView>
  )
}

/** What was expected, and of what. */
function Expected({ row: { expectation } }: { row: Decision }) {
  const { t } = useTranslation()
  const format = useFormat()
  const keyResults = useQuery(reads.keyResults()).data ?? []
  const measures = useQuery(reads.measures()).data ?? []
  if (!expectation) return t('common.none')
  const { chance, low, high } = expectation
  const keyResult = keyResults.find(({ id }) => id === expectation.keyResultId)
  const measure = measures.find(({ id }) => id === expectation.measureId)
  const value =
    chance !== undefined
      ? format.percent(chance)
      : low === undefined || high === undefined
        ? t('common.none')
        : `${format.value(low, measure?.unit ?? '')} – ${format.value(high, measure?.unit ?? '')}`
  return (
    <>
      <span className={ui.chip}>{value}</span>
      {(keyResult || measure) && <div className={ui.note}>{keyResult?.title ?? measure?.name}</div>}
    </>
  )
}

function Outcome({ row }: { row: Decision }) {
  const { t } = useTranslation()
  const may = useMay()
  const format = useFormat()
  const measures = useQuery(reads.measures()).data ?? []
  const { outcome, expectation } = row
  if (row.state === 'proposed' || row.state === 'rejected')
    return <span className={ui.chip}>{t(`decisionOutcome.${row.state}`)}</span>
  if (!outcome)
    return awaitsOutcome(row) && may('team', 'recordOutcome') ? (
      <FormAction label={t('decisionForm.outcome')} of={row.title}>
        {(close) => <OutcomeForm decision={row} onClose={close} />}
      </FormAction>
    ) : (
      t('team.openOutcome')
    )
  const unit = measures.find(({ id }) => id === expectation?.measureId)?.unit ?? ''
  return (
    <>
      <span className={ui.chip}>
        {outcome.value === undefined
          ? t(outcome.met ? 'decisionOutcome.met' : 'decisionOutcome.missed')
          : format.value(outcome.value, unit)}
      </span>
      {outcome.note && <div className={ui.note}>{outcome.note}</div>}
    </>
  )
}
