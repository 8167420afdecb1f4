/** @file Risk: the simulated year, the register with each risk's share, and the indicators that watch. */
import type { Risk, RiskSimulation } from '@capstan/api'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { ExceedanceCurve } from '../../ui/chart/ExceedanceCurve.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import { ShareBar } from '../../ui/ShareBar.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useSimulate } from './risk.queries.ts'
import { contributionOf, frequencyOf, indicatorTones, lossRange } from './risk.view.ts'

export function RiskPage() {
  const { t } = useTranslation()
  const simulations = useQuery(reads.simulations())
  const simulate = useSimulate()
  const seed = (simulations.data?.[0]?.seed ?? 0) + 1
  return (
    <div className={ui.stack}>
      <PageHead
        title={t('phase.risk')}
        lead={t('risk.lead')}
        actions={
          <Button size="compact-sm" loading={simulate.isPending} onClick={() => simulate.mutate(seed)}>
            {t('risk.simulate')}
          </Button>
        }
      />
      {simulate.isError && <ErrorNote error={simulate.error} />}
      <QueryView query={simulations} empty={t('loop.notSimulated')}>
        {(list) => list[0] && <Simulated now={list[0]} before={list.length > 1 ? list.at(-1) : undefined} />}
      </QueryView>
      <Panel title={t('risk.register')}>
        <Register simulation={simulations.data?.[0]} />
      </Panel>
      <Panel title={t('risk.indicators')}>
        <Indicators />
      </Panel>
    </div>
  )
}

function Simulated({ now, before }: { now: RiskSimulation; before: RiskSimulation | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rows = [
    {
      key: 'ale',
      label: t('loop.expectedLoss'),
      value: <Figure value={format.money(now.ale)} interval={`± ${format.money(1.96 * now.aleError)}`} />,
    },
    { key: 'var', label: t('risk.var95'), value: <Figure value={format.money(now.var95)} /> },
    { key: 'es', label: t('risk.es95'), value: <Figure value={format.money(now.es95)} /> },
    { key: 'none', label: t('risk.noLoss'), value: format.percent(now.chanceOfNoLoss) },
    { key: 'years', label: t('risk.years'), value: format.integer(now.years) },
    { key: 'seed', label: t('risk.seed'), value: format.integer(now.seed) },
    { key: 'took', label: t('risk.took'), value: format.seconds(now.simulatedInMs / 1000) },
    { key: 'at', label: t('common.when'), value: format.dateTime(now.at) },
  ]
  return (
    <div>
      <ExceedanceCurve
        title={t('loop.exceedance')}
        aside={before && t('loop.exceedanceAside')}
        now={now}
        before={before ?? null}
        height={280}
      />
      <Facts rows={rows} />
    </div>
  )
}

function Register({ simulation }: { simulation: RiskSimulation | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const risks = useQuery(reads.risks())
  const members = useQuery(reads.members()).data ?? []
  return (
    <QueryView query={risks} empty={t('risk.noRisks')}>
      {(rows) => (
        <DataTable
          caption={t('risk.register')}
          rows={rows}
          keyOf={({ id }) => id}
          anchor="risk"
          columns={[
            { key: 'name', head: t('risk.risk'), cell: (row) => <Name row={row} /> },
            {
              key: 'frequency',
              head: t('risk.frequency'),
              right: true,
              cell: (row) => (
                <Figure
                  value={format.number(frequencyOf(row))}
                  unit={
                    row.frequencyFactor === 1
                      ? undefined
                      : t('risk.factor', { factor: format.number(row.frequencyFactor) })
                  }
                  origin={row.origin}
                />
              ),
            },
            {
              key: 'loss',
              head: t('risk.loss'),
              right: true,
              cell: (row) => (
                <Figure value={lossRange(row).map(format.money).join('–')} origin={row.origin} />
              ),
            },
            {
              key: 'ale',
              head: t('risk.ale'),
              right: true,
              cell: (row) => format.money(contributionOf(row, simulation)?.ale ?? 0),
            },
            {
              key: 'share',
              head: t('risk.share'),
              cell: (row) => <ShareBar share={contributionOf(row, simulation)?.share ?? 0} />,
            },
            {
              key: 'treatment',
              head: t('risk.treatment'),
              cell: ({ treatment }) => t(`treatment.${treatment}`),
            },
            {
              key: 'owner',
              head: t('risk.owner'),
              cell: ({ ownerId }) => members.find(({ id }) => id === ownerId)?.name ?? t('team.nobody'),
            },
          ]}
        />
      )}
    </QueryView>
  )
}

function Name({ row }: { row: Risk }) {
  return (
    <>
      {row.name}
      {row.description && <div className={ui.note}>{row.description}</div>}
    </>
  )
}

function Indicators() {
  const { t } = useTranslation()
  const format = useFormat()
  const indicators = useQuery(reads.indicators())
  const measures = useQuery(reads.measures()).data ?? []
  const risks = useQuery(reads.risks()).data ?? []
  const measure = (id: string) => measures.find((one) => one.id === id)
  const value = (id: string, number: number) => format.value(number, measure(id)?.unit ?? '')
  return (
    <QueryView query={indicators} empty={t('risk.noIndicators')}>
      {(rows) => (
        <DataTable
          caption={t('risk.indicators')}
          rows={rows}
          keyOf={({ id }) => id}
          anchor="indicator"
          columns={[
            {
              key: 'state',
              head: t('strategy.state'),
              cell: ({ state }) => (
                <span className={ui.chip}>
                  <StateMark tone={indicatorTones[state]} label={t(`term.${state}`)} />
                  {t(`term.${state}`)}
                </span>
              ),
            },
            {
              key: 'measure',
              head: t('risk.measure'),
              cell: ({ measureId }) => (
                <AppLink href={paths.strategy} className={ui.link}>
                  {measure(measureId)?.name ?? measureId}
                </AppLink>
              ),
            },
            {
              key: 'value',
              head: t('strategy.now'),
              right: true,
              cell: (row) => (row.value === null ? t('loop.notMeasured') : value(row.measureId, row.value)),
            },
            {
              key: 'amber',
              head: t('term.amber'),
              right: true,
              cell: (row) => value(row.measureId, row.amber),
            },
            { key: 'red', head: t('term.red'), right: true, cell: (row) => value(row.measureId, row.red) },
            {
              key: 'risk',
              head: t('risk.risk'),
              cell: ({ riskId }) => risks.find(({ id }) => id === riskId)?.name ?? riskId,
            },
          ]}
        />
      )}
    </QueryView>
  )
}
