/** @file Several runs beside each other: what differs first, then their metrics and curves. */
import type { Difference, TrackedRun } from '@capstan/api'
import { Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useAddressState } from '../../ui/useAddressState.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { CurvesPart } from './CurvesPart.tsx'
import css from './runs.module.css'
import { shortNumber } from './search.view.ts'

const groups = ['param', 'code', 'environment', 'data', 'tag', 'metric'] as const

export function ComparePage() {
  const { t } = useTranslation()
  const address = useAddressState()
  const ids = address.list('run')
  const query = useQuery(reads.comparison(ids))
  const back = (
    <AppLink href={paths.runs()} className={ui.link}>
      {t('compare.back')}
    </AppLink>
  )
  return (
    <div className={ui.stack}>
      <PageHead title={t('compare.title', { n: ids.length })} lead={t('compare.lead')} actions={back} />
      {ids.length < 2 ? (
        <p className={ui.empty}>{t('compare.tooFew')}</p>
      ) : (
        <QueryView query={query}>
          {({ runs, rows }) => (
            <>
              <Switch
                size="xs"
                label={t('compare.onlyDifferent')}
                checked={address.text('all') === ''}
                onChange={({ currentTarget }) => address.set({ all: currentTarget.checked ? '' : 'yes' })}
              />
              {groups.map((group) => (
                <Group
                  key={group}
                  group={group}
                  runs={runs}
                  rows={rows.filter(
                    (row) => row.group === group && (row.differs || address.text('all') !== ''),
                  )}
                />
              ))}
              <CurvesPart runs={runs} />
            </>
          )}
        </QueryView>
      )}
    </div>
  )
}

interface GroupProps {
  group: (typeof groups)[number]
  runs: TrackedRun[]
  rows: Difference[]
}

function Group({ group, runs, rows }: GroupProps) {
  const { t } = useTranslation()
  const format = useFormat()
  if (rows.length === 0 && group !== 'param') return null
  const shown = (value: string | number | null | undefined) =>
    value === null || value === undefined
      ? t('common.none')
      : typeof value === 'number'
        ? shortNumber(value, format.number)
        : value
  return (
    <Panel title={t(`compareGroup.${group}`)}>
      {rows.length === 0 ? (
        <p className={ui.quiet}>{t('compare.same')}</p>
      ) : (
        <DataTable
          caption={t(`compareGroup.${group}`)}
          rows={rows}
          keyOf={({ key }) => key}
          columns={[
            {
              key: 'key',
              head: t('compare.key'),
              cell: ({ key, differs }) => (
                <span
                  className={differs ? css.differs : undefined}
                  title={differs ? t('compare.differs') : undefined}
                >
                  {key}
                </span>
              ),
            },
            ...runs.map((run, i) => ({
              key: run.id,
              head: (
                <AppLink href={paths.runs(run.id)} className={ui.link} title={run.name}>
                  {run.number} {run.name}
                </AppLink>
              ),
              right: group === 'metric',
              cell: ({ values }: Difference) => <span className={css.value}>{shown(values[i])}</span>,
            })),
          ]}
        />
      )}
    </Panel>
  )
}
