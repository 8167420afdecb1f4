/** @file One run: its progress and curves, epoch by epoch, its parameters, environment and cost. */
import type { Run } from '@capstan/api'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useAddressId } from '../../ui/useAddressId.ts'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { ArtifactsPart } from './ArtifactsPart.tsx'
import { RunExecution } from './RunExecution.tsx'
import { RunFacts } from './RunFacts.tsx'
import { RunLogged } from './RunLogged.tsx'
import { RunStateChip } from './RunStateChip.tsx'
import { useCancelRun, useResumeRun } from './runs.queries.ts'

/** Zooming needs the chart library, which is loaded when a run is opened. */
const ZoomableCurve = lazy(async () => ({ default: (await import('./ZoomableCurve.tsx')).ZoomableCurve }))

export function RunPage() {
  const query = useQuery(reads.run(useAddressId() ?? ''))
  return <QueryView query={query}>{(run) => <RunPart run={run} />}</QueryView>
}

function RunPart({ run }: { run: Run }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const cancel = useCancelRun()
  const resume = useResumeRun()
  const metrics = useQuery(reads.metrics(run.id, 'loss'))
  const going = run.state === 'running' || run.state === 'queued'
  // what was started elsewhere is no job of this workspace
  const mayGoOn = !going && run.state !== 'finished' && run.kind !== 'tracked' && run.worker === null
  return (
    <div className={ui.stack}>
      <PageHead
        title={t('runs.title', { number: run.number, name: run.name })}
        lead={<RunStateChip run={run} />}
        actions={
          (going || mayGoOn) && (
            <Button
              size="compact-sm"
              variant="default"
              loading={cancel.isPending || resume.isPending}
              onClick={() => (going ? cancel : resume).mutate(run.id)}
            >
              {t(going ? 'runs.cancel' : 'runs.goOn')}
            </Button>
          )
        }
      />
      {cancel.isError && <ErrorNote error={cancel.error} />}
      {resume.isError && <ErrorNote error={resume.error} />}
      {run.error && <p>{sentence(run.error)}</p>}
      {run.kind === 'train' && (
        <Panel title={t('loop.curve')} aside={t('chart.zoom')}>
          <Suspense fallback={<p className={ui.loading}>{t('frame.loading')}</p>}>
            <ZoomableCurve points={metrics.data ?? []} run={run} />
          </Suspense>
        </Panel>
      )}
      <RunFacts run={run} />
      <RunLogged run={run} />
      <RunExecution run={run} />
      {run.epochLosses.length > 0 && <Epochs run={run} />}
      <ArtifactsPart id={run.id} />
      {Object.keys(run.environment).length > 0 && (
        <Panel title={t('runs.environment')}>
          <Facts rows={Object.entries(run.environment).map(([key, value]) => ({ key, label: key, value }))} />
        </Panel>
      )}
    </div>
  )
}

function Epochs({ run }: { run: Run }) {
  const { t } = useTranslation()
  const format = useFormat()
  const validation = (epoch: number) => run.validation.find((entry) => entry.epoch === epoch)
  return (
    <Panel title={t('runs.byEpoch')}>
      <DataTable
        caption={t('runs.byEpoch')}
        rows={run.epochLosses.map((loss, i) => ({ epoch: i + 1, loss, ...pick(validation(i + 1)) }))}
        keyOf={({ epoch }) => String(epoch)}
        columns={[
          { key: 'epoch', head: t('chart.epoch'), right: true, cell: ({ epoch }) => epoch },
          { key: 'loss', head: t('runs.trainingLoss'), right: true, cell: ({ loss }) => format.loss(loss) },
          {
            key: 'validationLoss',
            head: t('chart.validationLoss'),
            right: true,
            cell: ({ validationLoss }) =>
              validationLoss === undefined ? t('common.none') : format.loss(validationLoss),
          },
          {
            key: 'accuracy',
            head: t('chart.validationAccuracy'),
            right: true,
            cell: ({ accuracy }) => (accuracy === undefined ? t('common.none') : format.percent(accuracy, 2)),
          },
        ]}
      />
    </Panel>
  )
}

const pick = (entry: Run['validation'][number] | undefined) => ({
  validationLoss: entry?.loss,
  accuracy: entry?.accuracy,
})
