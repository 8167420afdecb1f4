/** @file The initiatives side by side: value, chance, needs, and what the allocation made of them. */
import type { Initiative } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { EvidenceLinks } from '../../ui/EvidenceLinks.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { openCycles } from './goal.view.ts'
import { InitiativeForm } from './InitiativeForm.tsx'
import { useRemoveInitiative } from './strategy.queries.ts'
import { beliefOf, needsOf } from './strategy.view.ts'

export function InitiativeTable() {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useQuery(reads.initiatives())
  const pools = useQuery(reads.pools()).data ?? []
  const may = useMay()
  const remove = useRemoveInitiative()
  const open = new Set(openCycles(useQuery(reads.cycles()).data ?? []).map(({ id }) => id))
  return (
    <QueryView query={query} empty={t('strategy.noInitiatives')}>
      {(rows) => (
        <DataTable
          caption={t('strategy.initiatives')}
          rows={rows}
          keyOf={({ id }) => id}
          anchor="initiative"
          columns={[
            { key: 'name', head: t('strategy.initiative'), wide: true, cell: (row) => <Name row={row} /> },
            {
              key: 'state',
              head: t('strategy.state'),
              cell: ({ state }) => <span className={ui.chip}>{t(`initiativeState.${state}`)}</span>,
            },
            {
              key: 'value',
              head: t('strategy.value'),
              right: true,
              cell: ({ value, origin }) => (
                <Figure
                  value={format.money(value.mode)}
                  interval={`${format.money(value.low)}–${format.money(value.high)}`}
                  origin={origin}
                />
              ),
            },
            {
              key: 'chance',
              head: t('strategy.success'),
              right: true,
              cell: ({ chance }) => {
                const { mean, low, high } = beliefOf(chance)
                return (
                  <Figure
                    value={format.percentNumber(mean)}
                    unit="%"
                    interval={`${format.percentNumber(low, 0)}–${format.percentNumber(high, 0)}`}
                  />
                )
              },
            },
            {
              key: 'needs',
              head: t('strategy.needs'),
              cell: (row) =>
                needsOf(row, pools)
                  .map(({ pool, total }) => `${pool.name} ${format.value(total, pool.unit)}`)
                  .join(', '),
            },
            {
              key: 'actions',
              head: '',
              edge: true,
              cell: (row) =>
                may('strategy', 'editInitiative') &&
                open.has(row.cycleId) && (
                  <RowActions>
                    <FormAction label={t('form.edit')} of={row.name} quiet>
                      {(close) => <InitiativeForm initiative={row} onClose={close} />}
                    </FormAction>
                    {row.state === 'candidate' && (
                      <RemoveAction
                        label={t('initiativeForm.withdraw')}
                        name={row.name}
                        id={row.id}
                        write={remove}
                      />
                    )}
                  </RowActions>
                ),
            },
          ]}
        />
      )}
    </QueryView>
  )
}

function Name({ row }: { row: Initiative }) {
  return (
    <>
      {row.designId ? (
        <AppLink href={paths.designs(row.designId)} className={ui.link}>
          {row.name}
        </AppLink>
      ) : (
        row.name
      )}
      {row.summary && <div className={ui.note}>{row.summary}</div>}
      <EvidenceLinks evidence={row.evidence} />
    </>
  )
}
