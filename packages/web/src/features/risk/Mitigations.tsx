/** @file Mitigations by their return, adopted or given up by one click. */
import type { Mitigation } from '@capstan/api'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { MitigationForm } from './MitigationForm.tsx'
import { useAdopt, useEditMitigation } from './risk.queries.ts'

export function Mitigations() {
  const { t } = useTranslation()
  const format = useFormat()
  const mitigations = useQuery(reads.mitigations())
  const risks = useQuery(reads.risks()).data ?? []
  const adopt = useAdopt()
  const may = useMay()
  const edit = useEditMitigation()
  const archiving = ({ revision }: Mitigation) => ({
    ...edit,
    mutate: (id: string, options: { onSuccess(): void }) =>
      edit.mutate({ id, revision, archived: true }, options),
  })
  return (
    <>
      <QueryView
        query={
          {
            ...mitigations,
            data: mitigations.data?.filter(({ archived }) => !archived),
          } as typeof mitigations
        }
        empty={t('risks.noMitigations')}
      >
        {(all) => (
          <DataTable
            caption={t('risks.mitigations')}
            rows={all}
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
                edge: true,
                cell: (row) =>
                  may('risk', 'editMitigation') && (
                    <RowActions>
                      <Button
                        size="compact-xs"
                        variant="default"
                        loading={adopt.isPending && adopt.variables?.id === row.id}
                        onClick={() => adopt.mutate(row)}
                      >
                        {t(row.adopted ? 'risks.giveUp' : 'risks.adopt')}
                      </Button>
                      <FormAction label={t('form.edit')} of={row.name} quiet>
                        {(close) => <MitigationForm mitigation={row} onClose={close} />}
                      </FormAction>
                      <RemoveAction
                        name={row.name}
                        id={row.id}
                        write={archiving(row)}
                        note={t('mitigationForm.removeNote')}
                      />
                    </RowActions>
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
