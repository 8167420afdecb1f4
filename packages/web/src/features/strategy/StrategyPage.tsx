/** @file Strategy: objectives, their key results with history and forecast, and the initiatives that compete. */
import type { KeyResultView, Objective } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { evidencePath, paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { ForecastFan } from '../../ui/chart/ForecastFan.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { keyResultState, keyResultTone } from '../../ui/keyResult.ts'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { ComparisonPart } from './ComparisonPart.tsx'
import { InitiativeTable } from './InitiativeTable.tsx'
import { MarketPart } from './MarketPart.tsx'
import { RankingPart } from './RankingPart.tsx'
import { SwotPart } from './SwotPart.tsx'

export function StrategyPage() {
  const { t } = useTranslation()
  const objectives = useQuery(reads.objectives())
  const keyResults = useQuery(reads.keyResults())
  return (
    <div className={ui.stack}>
      <PageHead title={t('phase.strategy')} lead={t('strategy.lead')} />
      <QueryView query={objectives} empty={t('strategy.noObjectives')}>
        {(list) => (
          <QueryView query={keyResults}>
            {(results) =>
              list.map((objective) => (
                <ObjectivePart
                  key={objective.id}
                  objective={objective}
                  results={results.filter((result) => result.objectiveId === objective.id)}
                />
              ))
            }
          </QueryView>
        )}
      </QueryView>
      <Panel title={t('strategy.initiatives')}>
        <InitiativeTable />
      </Panel>
      <RankingPart />
      <MarketPart />
      <ComparisonPart kind="competitor" />
      <ComparisonPart kind="trend" />
      <SwotPart />
    </div>
  )
}

function ObjectivePart({ objective, results }: { objective: Objective; results: KeyResultView[] }) {
  const { t } = useTranslation()
  const cycle = useQuery(reads.cycles()).data?.find(({ id }) => id === objective.cycleId)
  const owner = useQuery(reads.members()).data?.find(({ id }) => id === objective.ownerId)?.name
  return (
    <Panel
      title={objective.title}
      aside={owner ? t('strategy.owner', { name: owner }) : t(`origin.${objective.origin}`)}
    >
      <div className={ui.stack}>
        {results.map((result) => (
          <KeyResultPart key={result.id} result={result} over={cycle?.state === 'closed'} />
        ))}
      </div>
    </Panel>
  )
}

function KeyResultPart({ result, over }: { result: KeyResultView; over: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const points = useQuery(reads.points(result.measureId))
  const { measure, forecast } = result
  const { latest, unit, direction } = measure
  const now = latest && format.quantity(latest.value, unit)
  const error = latest?.standardError
  const rows = [
    {
      key: 'now',
      label: t('strategy.now'),
      value: now ? (
        <Figure
          value={now.text}
          unit={now.unit}
          origin={latest.origin}
          interval={error ? `± ${format.value(1.96 * error, unit)}` : null}
          href={evidencePath(latest.evidence)}
        />
      ) : (
        t('loop.notMeasured')
      ),
    },
    {
      key: 'target',
      label: t('strategy.target'),
      value: (
        <Figure
          value={`${direction === 'up' ? '≥' : '≤'} ${format.value(result.target, unit)}`}
          origin={result.origin}
        />
      ),
    },
    {
      key: 'chance',
      label: t('strategy.chance'),
      value:
        forecast.chance === null ? (
          t('wheel.noEvidence')
        ) : (
          <Figure value={format.percentNumber(forecast.chance)} unit="%" />
        ),
    },
    ...(forecast.interval
      ? [
          {
            key: 'range',
            label: t('strategy.range'),
            value: forecast.interval.map((value) => format.value(value, unit)).join(' – '),
          },
        ]
      : []),
    { key: 'due', label: t('strategy.due'), value: format.date(result.due) },
    {
      key: 'state',
      label: t('strategy.measureState'),
      value: (
        <AppLink href={paths.measures(measure.id)} className={ui.link}>
          {t(`measureState.${measure.state}`)}
        </AppLink>
      ),
    },
  ]
  const state = keyResultState(result, Date.now(), over)
  return (
    <div>
      <ForecastFan
        title={
          <span className={ui.chip}>
            <StateMark tone={keyResultTone[state]} label={t(`keyResultState.${state}`)} />
            {result.title}
          </span>
        }
        unit={unit}
        points={points.data ?? (latest ? [latest] : [])}
        forecast={forecast}
        target={result.target}
        due={result.due}
      />
      <p className={ui.note}>{sentence(forecast.message)}</p>
      <Facts rows={rows} />
    </div>
  )
}
