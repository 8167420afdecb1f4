/** @file Risk: the simulated year, the register, what moves and watches it, what is done and what happened. */
import type { RiskSimulation } from '@capstan/api'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { ExceedanceCurve } from '../../ui/chart/ExceedanceCurve.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { Appetite } from './Appetite.tsx'
import { Catalogue } from './Catalogue.tsx'
import { CauseForm, Causes } from './Causes.tsx'
import { ClosedRisks } from './ClosedRisks.tsx'
import { Incidents } from './Incidents.tsx'
import { IndicatorForm } from './IndicatorForm.tsx'
import { Indicators } from './Indicators.tsx'
import { MitigationForm } from './MitigationForm.tsx'
import { Mitigations } from './Mitigations.tsx'
import { Register } from './Register.tsx'
import { RiskForm } from './RiskForm.tsx'
import { useSimulate } from './risk.queries.ts'
import { appetiteMarks } from './risk.view.ts'
import { Tornado } from './Tornado.tsx'

export function RiskPage() {
  const { t } = useTranslation()
  const simulations = useQuery(reads.simulations())
  const simulate = useSimulate()
  const may = useMay()
  const some = (useQuery(reads.risks()).data ?? []).length > 0
  const seed = (simulations.data?.[0]?.seed ?? 0) + 1
  return (
    <div className={ui.stack}>
      <PageHead
        title={t('phase.risk')}
        lead={t('risk.lead')}
        actions={
          may('risk', 'simulate') && (
            <Button size="compact-sm" loading={simulate.isPending} onClick={() => simulate.mutate(seed)}>
              {t('risk.simulate')}
            </Button>
          )
        }
      />
      {simulate.isError && <ErrorNote error={simulate.error} />}
      <QueryView query={simulations} empty={t('loop.notSimulated')}>
        {(list) => list[0] && <Simulated now={list[0]} before={list.length > 1 ? list.at(-1) : undefined} />}
      </QueryView>
      <Panel
        title={t('risk.register')}
        aside={
          may('risk', 'create') && (
            <FormAction label={t('riskForm.add')}>
              {(close) => <RiskForm risk={null} onClose={close} />}
            </FormAction>
          )
        }
      >
        <Register simulation={simulations.data?.[0]} />
        <ClosedRisks />
      </Panel>
      <Panel title={t('risks.tornado')}>
        <Tornado />
      </Panel>
      <Panel
        title={t('risk.indicators')}
        aside={
          may('risk', 'createIndicator') &&
          some && (
            <FormAction label={t('indicatorForm.add')}>
              {(close) => <IndicatorForm indicator={null} onClose={close} />}
            </FormAction>
          )
        }
      >
        <Indicators />
      </Panel>
      <Panel
        title={t('risks.mitigations')}
        aside={
          may('risk', 'createMitigation') &&
          some && (
            <FormAction label={t('mitigationForm.add')}>
              {(close) => <MitigationForm mitigation={null} onClose={close} />}
            </FormAction>
          )
        }
      >
        <Mitigations />
      </Panel>
      <Panel
        title={t('causes.title')}
        aside={
          may('risk', 'createCause') && (
            <FormAction label={t('causes.add')}>
              {(close) => <CauseForm cause={null} onClose={close} />}
            </FormAction>
          )
        }
      >
        <Causes />
      </Panel>
      <Panel title={t('risks.appetite')}>
        <Appetite />
      </Panel>
      <Panel title={t('risks.incidents')}>
        <Incidents />
      </Panel>
      <Panel title={t('risks.catalogue')}>
        <Catalogue />
      </Panel>
    </div>
  )
}

function Simulated({ now, before }: { now: RiskSimulation; before: RiskSimulation | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const appetite = useQuery(reads.appetite()).data ?? null
  const inherent = now.inherent ?? null
  const row = (key: 'ale' | 'var95' | 'es95' | 'var99', label: string, error?: number) => ({
    key,
    label,
    value: (
      <>
        <Figure
          value={format.money(now[key] ?? 0)}
          interval={error === undefined ? null : `± ${format.money(1.96 * error)}`}
        />
        {inherent && (
          <div className={ui.note}>{t('risks.unmitigated', { value: format.money(inherent[key] ?? 0) })}</div>
        )}
      </>
    ),
  })
  const rows = [
    row('ale', t('loop.expectedLoss'), now.aleError),
    row('var95', t('risk.var95'), now.var95Error),
    row('es95', t('risk.es95'), now.es95Error),
    ...(now.var99 === undefined ? [] : [row('var99', t('risks.var99'))]),
    { key: 'none', label: t('risk.noLoss'), value: format.percent(now.chanceOfNoLoss) },
    { key: 'years', label: t('risk.years'), value: format.integer(now.years) },
    { key: 'seed', label: t('risk.seed'), value: format.integer(now.seed) },
    { key: 'took', label: t('risk.took'), value: format.seconds(now.simulatedInMs / 1000) },
    { key: 'at', label: t('common.when'), value: format.dateTime(now.at) },
  ]
  const marks = appetiteMarks(appetite)
  const aside = [
    inherent ? t('risks.dashedInherent') : before ? t('loop.exceedanceAside') : null,
    marks.length > 0 ? t('risks.dashedAppetite') : null,
  ].filter((part) => part !== null)
  return (
    <div>
      <ExceedanceCurve
        title={t('loop.exceedance')}
        aside={aside.join(' · ') || undefined}
        now={now}
        before={inherent ?? before ?? null}
        appetite={marks}
        height={280}
      />
      <Facts rows={rows} />
    </div>
  )
}
