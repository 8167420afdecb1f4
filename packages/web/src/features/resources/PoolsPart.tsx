/** @file The pools: what there is of people, compute and cash in each period, and at what price. */
import type { Pool } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { PoolForm } from './PoolForm.tsx'
import { spansOf } from './pool.view.ts'
import { useRemovePool } from './resources.queries.ts'

export function PoolsPart() {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const remove = useRemovePool()
  const query = useQuery(reads.pools())
  const initiatives = useQuery(reads.initiatives()).data ?? []
  const needed = new Set(initiatives.flatMap(({ needs }) => Object.keys(needs)))
  const capacity = ({ capacity, unit }: Pool) =>
    spansOf(capacity)
      .map(([amount, n]) => (n === 1 ? format.value(amount, unit) : `${n} × ${format.value(amount, unit)}`))
      .join(', ')
  return (
    <Panel
      id="pools"
      title={t('poolForm.title')}
      aside={
        may('resources', 'createPool') && (
          <FormAction label={t('poolForm.add')}>
            {(close) => <PoolForm pool={null} onClose={close} />}
          </FormAction>
        )
      }
    >
      <QueryView query={query} empty={t('initiativeForm.noPools')}>
        {(pools) => (
          <DataTable
            caption={t('poolForm.title')}
            rows={pools}
            keyOf={({ id }) => id}
            columns={[
              { key: 'name', head: t('resources.pool'), cell: ({ name }) => name },
              { key: 'kind', head: t('poolForm.kind'), cell: ({ kind }) => t(`poolForm.kinds.${kind}`) },
              { key: 'capacity', wide: true, head: t('poolForm.each'), cell: capacity },
              {
                key: 'rate',
                head: t('resources.rate'),
                right: true,
                cell: ({ kind, rate }) => (kind === 'cash' ? '' : format.exactMoney(rate)),
              },
              {
                key: 'of',
                head: t('poolForm.of'),
                cell: ({ skill, device }) => skill ?? device ?? '',
              },
              { key: 'origin', head: t('common.origin'), cell: ({ origin }) => t(`originShort.${origin}`) },
              {
                key: 'edit',
                head: '',
                edge: true,
                cell: (pool) => (
                  <RowActions>
                    {may('resources', 'editPool') && (
                      <FormAction label={t('form.edit')} of={pool.name} quiet>
                        {(close) => <PoolForm pool={pool} onClose={close} />}
                      </FormAction>
                    )}
                    {may('resources', 'removePool') && !needed.has(pool.id) && (
                      <RemoveAction name={pool.name} id={pool.id} write={remove} />
                    )}
                  </RowActions>
                ),
              },
            ]}
          />
        )}
      </QueryView>
    </Panel>
  )
}
