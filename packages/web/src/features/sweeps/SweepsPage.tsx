/** @file Sweeps: searches for parameters over many runs, and one of them in full. */
import type { Sweep } from '@capstan/api'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts, Rows } from '../../ui/Rows.tsx'
import { ShareBar } from '../../ui/ShareBar.tsx'
import ui from '../../ui/ui.module.css'
import { useAddressId } from '../../ui/useAddressId.ts'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { BestSoFar } from './BestSoFar.tsx'
import { ParallelCoordinates } from './ParallelCoordinates.tsx'
import { useStopSweep } from './sweeps.queries.ts'
import { TrialTable } from './TrialTable.tsx'

export function SweepsPage() {
  const { t } = useTranslation()
  const id = useAddressId()
  const sweeps = useQuery(reads.sweeps())
  const show = useNumber()
  return (
    <div className={ui.stack}>
      <PageHead title={t('nav.sweeps')} lead={t('sweeps.lead')} />
      <QueryView query={sweeps} empty={t('sweeps.none')}>
        {(rows) => (
          <>
            <DataTable
              caption={t('nav.sweeps')}
              rows={rows}
              keyOf={(sweep) => sweep.id}
              current={id ?? rows[0]!.id}
              columns={[
                {
                  key: 'name',
                  head: t('team.name'),
                  cell: (sweep) => (
                    <AppLink href={paths.sweeps(sweep.id)} className={ui.link}>
                      {sweep.name}
                    </AppLink>
                  ),
                },
                { key: 'state', head: t('strategy.state'), cell: ({ state }) => t(`sweepState.${state}`) },
                { key: 'trials', head: t('sweeps.trials'), right: true, cell: ({ trials }) => trials },
                {
                  key: 'best',
                  head: t('sweeps.best'),
                  right: true,
                  cell: ({ best }) => (best === null ? t('common.none') : show(best.value)),
                },
              ]}
            />
            <SweepPart id={id ?? rows[0]!.id} />
          </>
        )}
      </QueryView>
    </div>
  )
}

function SweepPart({ id }: { id: string }) {
  const { t } = useTranslation()
  const query = useQuery(reads.sweep(id))
  const show = useNumber()
  return (
    <QueryView query={query}>
      {(detail) => (
        <>
          <SweepHead sweep={detail.sweep} />
          <div className={ui.two}>
            <ParallelCoordinates detail={detail} show={show} />
            <BestSoFar detail={detail} show={show} />
          </div>
          <Panel title={t('sweeps.importance')}>
            {detail.importance.length === 0 ? (
              <p className={ui.empty}>{t('sweeps.importanceWaits')}</p>
            ) : (
              <Rows
                rows={detail.importance.slice(0, 8).map(({ parameters, share }) => ({
                  key: parameters.join(),
                  label: parameters.join(' × '),
                  value: <ShareBar share={share} />,
                }))}
              />
            )}
          </Panel>
          <Panel title={t('sweeps.trials')}>
            <TrialTable detail={detail} show={show} />
          </Panel>
        </>
      )}
    </QueryView>
  )
}

function SweepHead({ sweep }: { sweep: Sweep }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const show = useNumber()
  const stop = useStopSweep()
  const { plan, best, spent, reason } = sweep
  const limits = [
    plan.budget.runs === null ? null : t('sweeps.limitRuns', { n: format.integer(plan.budget.runs) }),
    plan.budget.hours === null ? null : t('sweeps.limitHours', { n: show(plan.budget.hours) }),
    plan.budget.amount === null ? null : format.money(plan.budget.amount),
  ].filter((limit) => limit !== null)
  return (
    <Panel
      title={sweep.name}
      aside={
        sweep.state === 'running' && (
          <Button
            size="compact-xs"
            variant="default"
            loading={stop.isPending}
            onClick={() => stop.mutate(sweep.id)}
          >
            {t('sweeps.stop')}
          </Button>
        )
      }
    >
      {stop.isError && <ErrorNote error={stop.error} />}
      {reason && <p>{sentence(reason)}</p>}
      <Facts
        rows={[
          { key: 'goal', label: t(`sweepGoal.${plan.goal.direction}`), value: plan.goal.metric },
          { key: 'method', label: t('sweeps.method'), value: t(`sweepMethod.${plan.method}`) },
          {
            key: 'best',
            label: t('sweeps.best'),
            value:
              best === null ? (
                t('common.none')
              ) : (
                <AppLink href={paths.runs(best.runId)} className={ui.link}>
                  {show(best.value)}
                </AppLink>
              ),
          },
          {
            key: 'spent',
            label: t('sweeps.spent'),
            value: `${format.money(spent.amount)}, ${format.seconds(spent.hours * 3600)}`,
          },
          { key: 'budget', label: t('sweeps.budget'), value: limits.join(', ') || t('common.none') },
        ]}
      />
    </Panel>
  )
}

/** Five significant digits, as parameters span many powers of ten. */
function useNumber(): (value: number) => string {
  const { i18n } = useTranslation()
  return (value) => value.toLocaleString(i18n.language, { maximumSignificantDigits: 5 })
}
