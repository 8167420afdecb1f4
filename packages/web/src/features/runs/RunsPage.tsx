/** @file Runs: every execution with its state, result, time and cost. */
import type { Run } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { RunStateChip } from './RunStateChip.tsx'

export function RunsPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const runs = useQuery(reads.runs())
  return (
    <div className={ui.stack}>
      <PageHead title={t('nav.runs')} lead={t('runs.lead')} />
      <QueryView query={runs} empty={t('runs.none')}>
        {(rows) => (
          <DataTable
            caption={t('nav.runs')}
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              { key: 'number', head: t('runs.number'), right: true, cell: ({ number }) => number },
              {
                key: 'name',
                head: t('team.name'),
                cell: ({ id, name }) => (
                  <AppLink href={paths.runs(id)} className={ui.link}>
                    {name}
                  </AppLink>
                ),
              },
              { key: 'kind', head: t('runs.kind'), cell: ({ kind }) => t(`runKind.${kind}`) },
              { key: 'state', head: t('strategy.state'), cell: (run) => <RunStateChip run={run} /> },
              { key: 'loss', head: t('runs.finalLoss'), right: true, cell: (run) => finalLoss(run) },
              {
                key: 'seconds',
                head: t('runs.time'),
                right: true,
                cell: ({ cost }) => format.seconds(cost.wallSeconds),
              },
              {
                key: 'cost',
                head: t('resources.cost'),
                right: true,
                cell: ({ cost }) => format.money(cost.amount),
              },
              {
                key: 'at',
                head: t('common.when'),
                right: true,
                cell: ({ createdAt }) => format.dateTime(createdAt),
              },
            ]}
          />
        )}
      </QueryView>
    </div>
  )

  function finalLoss({ epochLosses }: Run) {
    const last = epochLosses.at(-1)
    return last === undefined ? t('common.none') : format.loss(last)
  }
}
