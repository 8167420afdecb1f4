/** @file Mitigations by their return, adopted or given up by one click. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useAdopt } from './risk.queries.ts'

export function Mitigations() {
  const { t } = useTranslation()
  const format = useFormat()
  const mitigations = useQuery(reads.mitigations())
  const risks = useQuery(reads.risks()).data ?? []
  const adopt = useAdopt()
  return (
    <>
      <QueryView query={mitigations} empty={t('risks.noMitigations')}>
        {(all) => (
          <DataTable
            caption={t('risks.mitigations')}
            rows={all.filter(({ archived }) => !archived)}
            keyOf={({ id }) => id}
            anchor="mitigation"
            columns={[
              {
                key: 'name',
                head: t('risks.mitigation'),
                cell: ({ name, adopted }) =>
                  adopted ? (
                    <span className={ui.chip}>
                      <StateMark tone="good" label={t('risks.adopted')} />
                      {name}
                    </span>
                  ) : (
                    name
                  ),
              },
              {
                key: 'risk',
                head: t('risk.risk'),
                cell: ({ riskId }) => risks.find(({ id }) => id === riskId)?.name ?? riskId,
              },
              {
                key: 'effect',
                head: t('risks.effect'),
                right: true,
                cell: ({ frequencyFactor, lossFactor, origin }) => (
                  <Figure
                    value={`${format.number(frequencyFactor)} × ${format.number(lossFactor)}`}
                    origin={origin}
                  />
                ),
              },
              {
                key: 'cost',
                head: t('risks.cost'),
                right: true,
                cell: ({ annualCost, origin }) => <Figure value={format.money(annualCost)} origin={origin} />,
              },
              {
                key: 'saved',
                head: t('risks.saved'),
                right: true,
                cell: ({ worth }) => (worth ? format.money(worth.saved) : '–'),
              },
              {
                key: 'return',
                head: t('risks.return'),
                right: true,
                cell: ({ worth }) =>
                  worth?.returnOnCost == null ? '–' : format.percent(worth.returnOnCost, 0),
              },
              {
                key: 'decide',
                head: '',
                cell: (row) => (
                  <Button
                    size="compact-xs"
                    variant="default"
                    loading={adopt.isPending && adopt.variables?.id === row.id}
                    onClick={() => adopt.mutate(row)}
                  >
                    {t(row.adopted ? 'risks.giveUp' : 'risks.adopt')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </QueryView>
      {adopt.isError && <ErrorNote error={adopt.error} />}
    </>
  )
}
