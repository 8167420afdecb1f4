/** @file An objective with its key results: where each stands, and how it is forecast. */
import type { KeyResultView, Objective } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { evidencePath, paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { ForecastFan } from '../../ui/chart/ForecastFan.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { keyResultState, keyResultTone } from '../../ui/keyResult.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { KeyResultForm } from './KeyResultForm.tsx'
import { ObjectiveForm } from './ObjectiveForm.tsx'
import { useRemoveKeyResult, useRemoveObjective } from './strategy.queries.ts'

export function ObjectivePart({ objective, results }: { objective: Objective; results: KeyResultView[] }) {
  const { t } = useTranslation()
  const may = useMay()
  const remove = useRemoveObjective()
  const cycle = useQuery(reads.cycles()).data?.find(({ id }) => id === objective.cycleId)
  const over = cycle?.state === 'closed'
  const owner = useQuery(reads.members()).data?.find(({ id }) => id === objective.ownerId)?.name
  return (
    <Panel
      title={objective.title}
      aside={
        <>
          {owner ? t('strategy.owner', { name: owner }) : t(`origin.${objective.origin}`)}
          {!over && may('strategy', 'createKeyResult') && (
            <FormAction label={t('keyResultForm.add')} of={objective.title}>
              {(close) => <KeyResultForm objective={objective} result={null} onClose={close} />}
            </FormAction>
          )}
          {!over && may('strategy', 'editObjective') && (
            <FormAction label={t('form.edit')} of={objective.title} quiet>
              {(close) => <ObjectiveForm objective={objective} onClose={close} />}
            </FormAction>
          )}
          {!over && results.length === 0 && may('strategy', 'removeObjective') && (
            <RemoveAction name={objective.title} id={objective.id} write={remove} />
          )}
        </>
      }
    >
      <div className={ui.stack}>
        {results.map((result) => (
          <KeyResultPart key={result.id} objective={objective} result={result} over={over} />
        ))}
      </div>
    </Panel>
  )
}

interface KeyResultPartProps {
  objective: Objective
  result: KeyResultView
  /** Its cycle is closed. */
  over: boolean
}

function KeyResultPart({ objective, result, over }: KeyResultPartProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const may = useMay()
  const remove = useRemoveKeyResult()
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
  const title = (
    <span className={ui.chip}>
      <StateMark tone={keyResultTone[state]} label={t(`keyResultState.${state}`)} />
      {result.title}
    </span>
  )
  return (
    <div>
      {forecast.basis === 'none' && !latest ? (
        <h3 className={ui.sub}>{title}</h3>
      ) : (
        <ForecastFan
          title={title}
          unit={unit}
          points={points.data ?? (latest ? [latest] : [])}
          forecast={forecast}
          target={result.target}
          due={result.due}
        />
      )}
      <div className={ui.subHead}>
        <p className={ui.note}>{sentence(forecast.message)}</p>
        {!over && may('strategy', 'editKeyResult') && (
          <RowActions>
            <FormAction label={t('form.edit')} of={result.title} quiet>
              {(close) => <KeyResultForm objective={objective} result={result} onClose={close} />}
            </FormAction>
            <RemoveAction name={result.title} id={result.id} write={remove} />
          </RowActions>
        )}
      </div>
      <Facts rows={rows} />
    </div>
  )
}
