/** @file The first page: the wheel, its phases, the run under way, what changed, and what waits for you. */
import type { Loop } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { PageHead } from '../../ui/PageHead.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import { EvaluationPanel, ExceedancePanel, RunPanel } from './EvidencePanels.tsx'
import css from './loop.module.css'
import { goingOn } from './loop.view.ts'
import { ResourcesPanel, RiskPanel, StrategyPanel, TeamPanel } from './PhasePanels.tsx'
import { PlanPanel } from './PlanPanel.tsx'
import { WaitingPanel } from './WaitingPanel.tsx'
import { WhatMoved } from './WhatMoved.tsx'
import { Wheel } from './Wheel.tsx'

export function LoopPage() {
  const query = useQuery(reads.loop())
  const { t } = useTranslation()
  return (
    <QueryView query={query}>
      {(loop) => (
        <div className={css.page}>
          <div className={css.centre}>
            <PageHead title={t('loop.title')} lead={<Lead loop={loop} />} />
            <div className={css.wheelArea}>
              <div className={css.wheelCell}>
                <Wheel loop={loop} />
              </div>
              <StrategyPanel loop={loop} />
              <ResourcesPanel loop={loop} />
              <TeamPanel loop={loop} />
              <RiskPanel loop={loop} />
            </div>
            <div className={css.evidence}>
              <RunPanel loop={loop} />
              <EvaluationPanel loop={loop} />
              <PlanPanel loop={loop} />
              <ExceedancePanel loop={loop} />
            </div>
            <Legend loop={loop} />
          </div>
          <aside className={css.aside}>
            <WaitingPanel loop={loop} />
            <WhatMoved loop={loop} />
          </aside>
        </div>
      )}
    </QueryView>
  )
}

function Lead({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const format = useFormat()
  const activity = goingOn(loop)
  const { progress } = loop.run ?? {}
  const going = t(`going.${activity}`, {
    epoch: progress?.epoch ?? 0,
    epochs: progress?.epochs ?? loop.run?.parameters?.epochs ?? 0,
    left: progress ? format.seconds(progress.secondsLeft) : '',
    proposals: loop.openProposals.length,
  })
  const due = loop.keyResults
    .map((keyResult) => keyResult.due)
    .sort()
    .at(-1)
  const { now, before } = loop.chance
  const range = now ? format.percentRange(now.interval) : ''
  return (
    <>
      {now ? (
        <span>
          {t('loop.chance', { date: due ? format.day(due) : '' })}{' '}
          <strong>{format.percent(now.chance)}</strong>{' '}
          {range.includes('–') && <span className={css.quiet}>({range} %)</span>}
          {before && ` ${t('loop.before', { chance: format.percent(before.chance) })}`}
        </span>
      ) : (
        <span>{t('loop.noChance')}</span>
      )}
      <span className={css.going} data-active={activity !== 'resting' && activity !== 'waiting'}>
        {going}
      </span>
    </>
  )
}

function Legend({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  return (
    <p className={css.legend}>
      {t('legend.measured')} · {t('legend.forecast')} · {t('legend.typed')} ·{' '}
      <span className={css.dotted}>{t('legend.demonstration')}</span>
      {loop.workspace.demonstration && (
        <span className={css.demonstration}>{t('legend.thisIsDemonstration')}</span>
      )}
    </p>
  )
}
