/** @file What code logged into a run: its note, curves, parameters, the latest value of each metric, tags, runs inside it. */
import type { Run, RunDetail } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { CurvesPart } from './CurvesPart.tsx'
import { tagsOfPeople } from './charged.view.ts'
import css from './runs.module.css'
import { shortNumber } from './search.view.ts'

export function RunLogged({ run }: { run: Run }) {
  const logged = useQuery(reads.logged(run.id))
  if (logged.isError) return <ErrorNote error={logged.error} />
  return logged.data ? <Logged run={run} detail={logged.data} /> : null
}

function Logged({ run, detail }: { run: Run; detail: RunDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const metrics = Object.entries(detail.metrics)
  const facts = (record: Record<string, string>) =>
    Object.entries(record).map(([key, value]) => ({ key, label: key, value }))
  const params = facts(detail.params)
  const tags = facts(Object.fromEntries(tagsOfPeople(detail.tags)))
  const note = detail.tags['mlflow.note.content']
  // the curve of a training's loss stands above already
  const first = run.kind === 'train' ? 'validation-loss' : undefined
  return (
    <>
      {note && <p className={css.note}>{note}</p>}
      <CurvesPart runs={[detail]} first={first} />
      {metrics.length > 0 && (
        <Panel title={t('runs.metrics')}>
          <DataTable
            caption={t('runs.metrics')}
            rows={metrics}
            keyOf={([key]) => key}
            columns={[
              { key: 'metric', head: t('runs.metric'), cell: ([key]) => key },
              {
                key: 'value',
                head: t('runs.lastValue'),
                right: true,
                cell: ([, { value }]) =>
                  typeof value === 'number' ? shortNumber(value, format.number) : value,
              },
              {
                key: 'step',
                head: t('runs.step'),
                right: true,
                cell: ([, { step }]) => format.integer(step),
              },
            ]}
          />
        </Panel>
      )}
      {(params.length > 0 || tags.length > 0) && (
        <div className={ui.two}>
          {params.length > 0 && (
            <Panel title={t('runs.loggedParameters')}>
              <Facts rows={params} />
            </Panel>
          )}
          {tags.length > 0 && (
            <Panel title={t('runs.tags')}>
              <Facts rows={tags} />
            </Panel>
          )}
        </div>
      )}
      {detail.children.length > 0 && (
        <Panel title={t('runs.children')}>
          <Facts
            rows={detail.children.map(({ id, number, name }) => ({
              key: id,
              label: t('runs.numbered', { number }),
              value: (
                <AppLink href={paths.runs(id)} className={ui.link}>
                  {name}
                </AppLink>
              ),
            }))}
          />
        </Panel>
      )}
    </>
  )
}
