/** @file The trials of a sweep, best first, each with its run and why it was stopped. */
import type { SweepDetail, SweepTrial } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { StateMark, type Tone } from '../../ui/icons.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { ranked } from './sweeps.view.ts'

const tones = {
  running: 'watch',
  finished: 'good',
  failed: 'bad',
  stopped: 'open',
  cancelled: 'open',
} as const satisfies Record<SweepTrial['state'], Tone>

export function TrialTable({ detail, show }: { detail: SweepDetail; show: (v: number) => string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const names = Object.keys(detail.sweep.plan.space)
  return (
    <DataTable
      caption={t('sweeps.trials')}
      rows={ranked(detail)}
      keyOf={({ number }) => String(number)}
      current={detail.sweep.best === null ? null : String(detail.sweep.best.trial)}
      columns={[
        {
          key: 'run',
          head: t('sweeps.trial'),
          right: true,
          cell: ({ number, runId }) => (
            <AppLink href={paths.runs(runId)} className={ui.link}>
              {number}
            </AppLink>
          ),
        },
        {
          key: 'state',
          head: t('strategy.state'),
          cell: ({ state, stop }) => (
            <span className={ui.chip} title={stop ? sentence(stop.reason) : undefined}>
              <StateMark tone={tones[state]} label={t(`trialState.${state}`)} />
              {t(`trialState.${state}`)}
            </span>
          ),
        },
        {
          key: 'value',
          head: detail.sweep.plan.goal.metric,
          right: true,
          cell: ({ value }) => (value === null ? t('common.none') : show(value)),
        },
        ...names.map((name) => ({
          key: `parameter-${name}`,
          head: name,
          right: true,
          cell: ({ values }: SweepTrial) => {
            const value = values[name]
            return value === undefined ? '' : typeof value === 'number' ? show(value) : String(value)
          },
        })),
        {
          key: 'cost',
          head: t('resources.cost'),
          right: true,
          cell: ({ cost }) => format.money(cost.amount),
        },
        {
          key: 'why',
          head: t('sweeps.why'),
          cell: ({ stop }) => (stop ? sentence(stop.reason) : ''),
        },
      ]}
    />
  )
}
