/** @file The register: how often, how dearly, whose losses make the worst years, and who answers for it. */
import type { Risk, RiskSimulation } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { ShareBar } from '../../ui/ShareBar.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { RiskForm } from './RiskForm.tsx'
import { useEditRisk } from './risk.queries.ts'
import { contributionOf, frequencyOf, lossRange, referencesBySource } from './risk.view.ts'

export function Register({ simulation }: { simulation: RiskSimulation | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const risks = useQuery(reads.risks())
  const members = useQuery(reads.members()).data ?? []
  const may = useMay()
  const edit = useEditRisk()
  const archiving = ({ revision }: Risk) => ({
    ...edit,
    mutate: (id: string, options: { onSuccess(): void }) =>
      edit.mutate({ id, revision, archived: true }, options),
  })
  return (
    <QueryView query={risks} empty={t('risk.noRisks')}>
      {(rows) => (
        <DataTable
          caption={t('risk.register')}
          rows={rows}
          keyOf={({ id }) => id}
          anchor="risk"
          columns={[
            { key: 'name', head: t('risk.risk'), wide: true, cell: (row) => <Name row={row} /> },
            {
              key: 'frequency',
              head: t('risk.frequency'),
              right: true,
              cell: (row) => <Often row={row} />,
            },
            {
              key: 'incidents',
              head: t('risks.incidentsCount'),
              right: true,
              cell: ({ now }) => format.integer(now.incidents),
            },
            {
              key: 'loss',
              head: t('risk.loss'),
              right: true,
              cell: (row) => (
                <Figure
                  value={[...new Set(lossRange(row).map(format.money))].join('–')}
                  origin={row.origin}
                />
              ),
            },
            {
              key: 'ale',
              head: t('risk.ale'),
              right: true,
              cell: ({ now }) => (
                <Figure
                  value={format.money(now.ale)}
                  interval={
                    now.inherentAle > now.ale
                      ? t('risks.unmitigated', { value: format.money(now.inherentAle) })
                      : null
                  }
                />
              ),
            },
            {
              key: 'share',
              head: t('risk.share'),
              cell: (row) => <ShareBar share={contributionOf(row, simulation)?.share ?? 0} />,
            },
            {
              key: 'tail',
              head: t('risks.tail'),
              cell: (row) => <ShareBar share={contributionOf(row, simulation)?.tailShare ?? 0} />,
            },
            {
              key: 'treatment',
              head: t('risks.answer'),
              cell: ({ treatment, ownerId }) => (
                <>
                  <span className={ui.chip}>{t(`treatment.${treatment}`)}</span>
                  <div className={ui.note}>
                    {members.find(({ id }) => id === ownerId)?.name ?? t('team.nobody')}
                  </div>
                </>
              ),
            },
            {
              key: 'actions',
              head: '',
              edge: true,
              cell: (row) =>
                may('risk', 'edit') && (
                  <RowActions>
                    <FormAction label={t('form.edit')} of={row.name} quiet>
                      {(close) => <RiskForm risk={row} onClose={close} />}
                    </FormAction>
                    <RemoveAction
                      label={t('riskForm.close')}
                      name={row.name}
                      id={row.id}
                      write={archiving(row)}
                      note={t('riskForm.closeNote')}
                    />
                  </RowActions>
                ),
            },
          ]}
        />
      )}
    </QueryView>
  )
}

function Often({ row }: { row: Risk }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [low, high] = row.now.interval
  return (
    <>
      <Figure
        value={format.number(frequencyOf(row))}
        unit={
          row.frequencyFactor === 1
            ? undefined
            : t('risk.factor', { factor: format.number(row.frequencyFactor) })
        }
        origin={row.origin}
      />
      {low < high && (
        <div className={ui.note}>
          {t('risks.interval', { low: format.number(low), high: format.number(high) })}
        </div>
      )}
    </>
  )
}

function Name({ row }: { row: Risk }) {
  const { t } = useTranslation()
  return (
    <>
      {row.name}
      {row.description && <div className={ui.note}>{row.description}</div>}
      {row.references.length > 0 && (
        <div className={ui.note}>
          {referencesBySource(row.references)
            .map(([source, numbers]) => `${t(`risks.source.${source}`)} ${numbers.join(', ')}`)
            .join(' · ')}
        </div>
      )}
    </>
  )
}
