/** @file Resources: the allocation and why, the budgets it became, and the ledger of what was used. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { evidencePath } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { AllocationActions } from './AllocationActions.tsx'
import { AllocationPart } from './AllocationPart.tsx'
import { BurnDownPart } from './BurnDownPart.tsx'
import { ChargeForm } from './ChargeForm.tsx'
import { CorrectAction } from './CorrectAction.tsx'
import { PoolsPart } from './PoolsPart.tsx'
import { RunwayPart } from './RunwayPart.tsx'
import css from './resources.module.css'
import { WhatIfPart } from './WhatIfPart.tsx'

export function ResourcesPage() {
  const { t } = useTranslation()
  const allocations = useQuery(reads.allocations())
  const names = useNames()
  const may = useMay()
  // runs charge what they compute
  const typed = (useQuery(reads.pools()).data ?? []).filter(({ kind }) => kind !== 'compute')
  return (
    <div className={ui.stack}>
      <PageHead
        title={t('phase.resources')}
        lead={t('resources.lead')}
        actions={<AllocationActions newest={allocations.data?.[0]} />}
      />
      <QueryView query={allocations} empty={t('resources.noAllocation')}>
        {([newest]) =>
          newest && (
            <>
              <AllocationPart allocation={newest} />
              <WhatIfPart allocation={newest} />
            </>
          )
        }
      </QueryView>
      <PoolsPart />
      <Panel title={t('resources.budgets')}>
        <Budgets />
      </Panel>
      <BurnDownPart names={names} />
      <RunwayPart />
      <Panel
        title={t('resources.ledger')}
        aside={
          <>
            {t('resources.ledgerAside')}
            {may('resources', 'charge') && typed.length > 0 && (
              <FormAction label={t('chargeForm.title')}>
                {(close) => <ChargeForm pools={typed} onClose={close} />}
              </FormAction>
            )}
          </>
        }
      >
        <Ledger />
      </Panel>
    </div>
  )
}

function Budgets() {
  const { t } = useTranslation()
  const format = useFormat()
  const budgets = useQuery(reads.budgets())
  const names = useNames()
  return (
    <QueryView query={budgets} empty={t('resources.noBudgets')}>
      {(rows) => (
        <DataTable
          caption={t('resources.budgets')}
          rows={rows}
          keyOf={({ initiativeId, poolId }) => `${initiativeId}-${poolId}`}
          columns={[
            { key: 'initiative', head: t('strategy.initiative'), cell: (row) => names(row.initiativeId) },
            { key: 'pool', head: t('resources.pool'), cell: (row) => names(row.poolId) },
            {
              key: 'burn',
              head: t('resources.burn'),
              cell: ({ burn, committed, amount }) => (
                <span className={css.track} title={format.percent(burn)}>
                  <span style={{ width: `${Math.min(100, burn * 100)}%` }} data-over={burn > 1} />
                  <i style={{ width: `${Math.min(100, (committed / Math.max(amount, 1e-9)) * 100)}%` }} />
                </span>
              ),
            },
            {
              key: 'used',
              head: t('resources.used'),
              right: true,
              cell: ({ used, amount, unit }) => (
                <Figure
                  value={format.number(used)}
                  unit={t('resources.usedOf', { all: format.value(amount, unit) })}
                />
              ),
            },
            { key: 'cost', head: t('resources.cost'), right: true, cell: ({ cost }) => format.money(cost) },
          ]}
        />
      )}
    </QueryView>
  )
}

function Ledger() {
  const { t } = useTranslation()
  const format = useFormat()
  const ledger = useQuery(reads.ledger())
  const corrects = useMay()('resources', 'correct')
  const names = useNames()
  const takenBack = new Set((ledger.data ?? []).map((entry) => entry.corrects))
  return (
    <QueryView query={ledger} empty={t('resources.noLedger')}>
      {(rows) => (
        <DataTable
          caption={t('resources.ledger')}
          rows={rows}
          keyOf={({ id }) => id}
          anchor="ledger"
          columns={[
            { key: 'at', head: t('common.when'), cell: ({ at }) => format.dateTime(at) },
            {
              key: 'initiative',
              head: t('strategy.initiative'),
              cell: ({ initiativeId }) => (initiativeId ? names(initiativeId) : t('common.none')),
            },
            { key: 'pool', head: t('resources.pool'), cell: ({ poolId }) => names(poolId) },
            {
              key: 'quantity',
              head: t('resources.quantity'),
              right: true,
              cell: ({ quantity, unit, origin, evidence }) => (
                <Figure
                  value={format.quantity(quantity, unit).text}
                  unit={format.quantity(quantity, unit).unit}
                  origin={origin}
                  href={evidencePath(evidence)}
                />
              ),
            },
            { key: 'rate', head: t('resources.rate'), right: true, cell: ({ rate }) => format.money(rate) },
            { key: 'cost', head: t('resources.cost'), right: true, cell: ({ cost }) => format.money(cost) },
            {
              key: 'correct',
              head: '',
              edge: true,
              cell: (entry) =>
                corrects &&
                !entry.corrects &&
                !takenBack.has(entry.id) && (
                  <RowActions>
                    <CorrectAction
                      entry={entry}
                      of={`${names(entry.poolId)} ${format.value(entry.quantity, entry.unit)}`}
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

/** Names of initiatives and pools by their identifier. */
function useNames(): (id: string) => string {
  const initiatives = useQuery(reads.initiatives()).data ?? []
  const pools = useQuery(reads.pools()).data ?? []
  return (id) => [...initiatives, ...pools].find((one) => one.id === id)?.name ?? id
}
