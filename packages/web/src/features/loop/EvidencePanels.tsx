/** @file The evidence under the wheel: the learning curve, the confusion matrix, the loss exceedance curve. */
import type { Loop, Run } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { ConfusionMatrix } from '../../ui/chart/ConfusionMatrix.tsx'
import { ExceedanceCurve } from '../../ui/chart/ExceedanceCurve.tsx'
import { LearningCurve } from '../../ui/chart/LearningCurve.tsx'
import { Panel } from '../../ui/Panel.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import css from './loop.module.css'
import { curveRunId } from './loop.view.ts'

export function RunPanel({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const id = loop.run && curveRunId(loop.run)
  const metrics = useQuery({ ...reads.metrics(id ?? '', 'loss'), enabled: id !== null })
  const parent = useQuery({ ...reads.run(id ?? ''), enabled: id !== null && id !== loop.run?.id })
  const run = loop.run?.id === id ? loop.run : parent.data
  if (!run)
    return (
      <Panel title={t('loop.curve')}>
        <p className={css.soon}>{t('loop.noRun')}</p>
      </Panel>
    )
  return (
    <LearningCurve
      title={
        <AppLink href={paths.runs(run.id)} className={ui.link}>
          {t('loop.runCurve', { number: run.number, name: run.name })}
        </AppLink>
      }
      aside={<RunState run={run} />}
      points={metrics.data ?? []}
      run={run}
      live={run.state === 'running'}
    />
  )
}

function RunState({ run }: { run: Run }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { progress } = run
  if (run.state === 'running' && progress)
    return (
      <span className={css.live}>
        {t('loop.runLive', {
          epoch: progress.epoch,
          epochs: progress.epochs,
          left: format.seconds(progress.secondsLeft),
          rate: format.compact(progress.samplesPerSecond),
        })}
      </span>
    )
  return t('loop.runDone', {
    state: t(`runState.${run.state}`),
    seconds: format.seconds(run.cost.wallSeconds),
    cost: format.money(run.cost.amount),
  })
}

export function EvaluationPanel({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { evaluation } = loop
  if (!evaluation)
    return (
      <Panel title={t('loop.confusion')}>
        <p className={css.soon}>{t('loop.noEvaluation')}</p>
      </Panel>
    )
  const href = paths.evaluations(evaluation.id)
  const worst = evaluation.mostConfused.slice(0, 3).map(({ actual, predicted, count }) =>
    t('loop.confusedPair', {
      actual: evaluation.classes[actual] ?? actual,
      predicted: evaluation.classes[predicted] ?? predicted,
      n: count,
    }),
  )
  return (
    <Panel
      title={
        <AppLink href={href} className={ui.link}>
          {t('loop.accuracy', { accuracy: format.percent(evaluation.accuracy, 2) })}
        </AppLink>
      }
      aside={t('loop.accuracyAside', {
        low: format.percentNumber(evaluation.interval[0], 2),
        high: format.percentNumber(evaluation.interval[1], 2),
        samples: format.integer(evaluation.samples),
      })}
    >
      <ConfusionMatrix evaluation={evaluation} href={href} />
      {worst.length > 0 && <p className={css.under}>{t('loop.mostConfused', { pairs: worst.join(', ') })}</p>}
    </Panel>
  )
}

export function ExceedancePanel({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const today = loop.simulations[0]
  const first = loop.simulations.length > 1 ? loop.simulations.at(-1) : null
  if (!today)
    return (
      <Panel title={t('loop.exceedance')}>
        <p className={css.soon}>{t('loop.notSimulated')}</p>
      </Panel>
    )
  return (
    <ExceedanceCurve
      title={
        <AppLink href={paths.risk} className={ui.link}>
          {t('loop.exceedance')}
        </AppLink>
      }
      aside={first ? t('loop.exceedanceAside') : undefined}
      now={today}
      before={first ?? null}
    />
  )
}
