/** @file Where a run belongs, what it was given, and what it took: time, energy, and what the ledger was charged. */
import type { Run } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Facts, type Row } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { chargedOf } from './charged.view.ts'

export function RunFacts({ run }: { run: Run }) {
  return (
    <div className={ui.two}>
      <Origin run={run} />
      <Cost run={run} />
    </div>
  )
}

/** A row for a value that there is. */
const row = (key: string, label: string, value: ReactNode | null): Row[] =>
  value === null ? [] : [{ key, label, value }]

function Origin({ run }: { run: Run }) {
  const { t } = useTranslation()
  const format = useFormat()
  const initiatives = useQuery({ ...reads.initiatives(), enabled: run.initiativeId !== null })
  const { parameters } = run
  const link = (href: string, text: string) => (
    <AppLink href={href} className={ui.link}>
      {text}
    </AppLink>
  )
  const open = (id: string | null, to: (id: string) => string) =>
    id === null ? null : link(to(id), t('common.open'))
  const initiative = initiatives.data?.find(({ id }) => id === run.initiativeId)
  return (
    <Panel title={t('runs.origin')}>
      <Facts
        rows={[
          ...row(
            'initiative',
            t('runs.initiative'),
            initiative ? link(paths.strategy, initiative.name) : null,
          ),
          ...row('started', t('runs.started'), run.startedAt && format.dateTime(run.startedAt)),
          ...row('ended', t('runs.ended'), run.endedAt && format.dateTime(run.endedAt)),
          ...row('user', t('runs.user'), run.user || null),
          ...row('attempt', t('runs.attempt'), run.attempt > 1 ? format.integer(run.attempt) : null),
          ...row('worker', t('runs.worker'), run.worker),
          ...(parameters === null
            ? []
            : [
                ...row('epochs', t('runs.epochs'), format.integer(parameters.epochs)),
                ...row('batch', t('runs.batch'), format.integer(parameters.batchSize)),
                ...row('rate', t('runs.learningRate'), format.number(parameters.learningRate)),
                ...row('optimizer', t('runs.optimizer'), parameters.optimizer),
                ...row('seed', t('datasets.seed'), format.integer(parameters.seed)),
              ]),
          ...row('design', t('runs.design'), open(run.designId, paths.designs)),
          ...row('data', t('runs.data'), open(run.datasetVersionId, paths.datasets)),
          ...row('evaluation', t('nav.evaluations'), open(run.evaluationId, paths.evaluations)),
          ...row(
            'parent',
            t(run.kind === 'evaluate' ? 'runs.parent' : 'runs.inside'),
            open(run.parentRunId, paths.runs),
          ),
        ]}
      />
    </Panel>
  )
}

function Cost({ run }: { run: Run }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { cost, progress } = run
  const ledger = useQuery(reads.chargesOfRun(run.id))
  const charged = chargedOf(ledger.data ?? [])
  return (
    <Panel title={t('runs.cost')}>
      <Facts
        rows={[
          ...row('amount', t('resources.cost'), format.money(cost.amount)),
          ...row('wall', t('runs.wall'), format.seconds(cost.wallSeconds)),
          ...row('cpu', t('runs.cpu'), format.seconds(cost.cpuSeconds)),
          ...row('gpu', t('execution.gpu'), cost.gpuSeconds > 0 ? format.seconds(cost.gpuSeconds) : null),
          ...row('memory', t('runs.memory'), format.bytes(cost.peakMemoryBytes)),
          ...row(
            'energy',
            t('execution.energy'),
            cost.energyJoules === null ? null : `${format.number(cost.energyJoules / 3600)} Wh`,
          ),
          ...row(
            'rate',
            t('runs.speed'),
            progress && progress.samplesPerSecond > 0
              ? t('runs.perSecond', { n: format.integer(progress.samplesPerSecond) })
              : null,
          ),
          ...row(
            'charged',
            t('runs.charged'),
            charged && (
              <AppLink href={`${paths.resources}#ledger-${charged.newest}`} className={ui.link}>
                {t('runs.chargedFor', {
                  quantity: format.value(charged.quantity, charged.unit),
                  rate: format.money(charged.rate),
                })}
              </AppLink>
            ),
          ),
        ]}
      />
    </Panel>
  )
}
