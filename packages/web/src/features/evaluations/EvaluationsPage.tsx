/** @file Evaluations: accuracy with its interval, confusion, each class, calibration, and the worst mistakes. */
import type { Evaluation } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { ConfusionMatrix } from '../../ui/chart/ConfusionMatrix.tsx'
import { Digit } from '../../ui/chart/Digit.tsx'
import { Reliability } from '../../ui/chart/Reliability.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useAddressId } from '../../ui/useAddressId.ts'
import { useFormat } from '../../ui/useFormat.ts'
import css from './evaluations.module.css'

export function EvaluationsPage() {
  const { t } = useTranslation()
  const id = useAddressId()
  const evaluations = useQuery(reads.evaluations())
  return (
    <div className={ui.stack}>
      <PageHead title={t('nav.evaluations')} lead={t('evaluations.lead')} />
      <QueryView query={evaluations} empty={t('evaluations.none')}>
        {(list) => {
          const chosen = id ? list.find((one) => one.id === id) : list[0]
          return (
            <>
              {chosen ? (
                <EvaluationPart evaluation={chosen} />
              ) : (
                <p className={ui.empty}>{t('common.notFound')}</p>
              )}
              {list.length > 1 && <All list={list} current={chosen?.id ?? null} />}
            </>
          )
        }}
      </QueryView>
    </div>
  )
}

function EvaluationPart({ evaluation }: { evaluation: Evaluation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const link = (href: string) => (
    <AppLink href={href} className={ui.link}>
      {t('common.open')}
    </AppLink>
  )
  const rows = [
    {
      key: 'accuracy',
      label: t('evaluations.accuracy'),
      value: `${format.percent(evaluation.accuracy, 2)} (${evaluation.interval
        .map((share) => format.percentNumber(share, 2))
        .join('–')})`,
    },
    {
      key: 'correct',
      label: t('evaluations.correct'),
      value: t('evaluations.correctOf', {
        n: format.integer(evaluation.correct),
        all: format.integer(evaluation.samples),
      }),
    },
    { key: 'loss', label: t('evaluations.loss'), value: format.loss(evaluation.loss) },
    { key: 'at', label: t('common.when'), value: format.dateTime(evaluation.createdAt) },
    { key: 'run', label: t('evidence.run'), value: link(paths.runs(evaluation.runId)) },
    { key: 'data', label: t('evidence.dataset'), value: link(paths.datasets(evaluation.datasetVersionId)) },
  ]
  return (
    <>
      <Facts rows={rows} />
      <div className={ui.two}>
        <Panel title={t('loop.confusion')}>
          <ConfusionMatrix evaluation={evaluation} />
          <p className={ui.note}>
            {t('loop.mostConfused', {
              pairs: evaluation.mostConfused
                .slice(0, 5)
                .map(({ actual, predicted, count }) =>
                  t('loop.confusedPair', {
                    actual: evaluation.classes[actual] ?? actual,
                    predicted: evaluation.classes[predicted] ?? predicted,
                    n: count,
                  }),
                )
                .join(', '),
            })}
          </p>
        </Panel>
        <Reliability calibration={evaluation.calibration} />
      </div>
      <div className={ui.two}>
        <PerClass evaluation={evaluation} />
        <Mistakes evaluation={evaluation} />
      </div>
    </>
  )
}

function PerClass({ evaluation }: { evaluation: Evaluation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const share = (value: number | null) => (value === null ? t('common.none') : format.percent(value, 2))
  return (
    <Panel title={t('evaluations.perClass')}>
      <DataTable
        caption={t('evaluations.perClass')}
        rows={evaluation.perClass.map((row, i) => ({ ...row, name: evaluation.classes[i] ?? String(i) }))}
        keyOf={({ name }) => name}
        columns={[
          { key: 'class', head: t('evaluations.class'), cell: ({ name }) => name },
          {
            key: 'precision',
            head: t('evaluations.precision'),
            right: true,
            cell: (row) => share(row.precision),
          },
          { key: 'recall', head: t('evaluations.recall'), right: true, cell: (row) => share(row.recall) },
          { key: 'f1', head: t('evaluations.f1'), right: true, cell: (row) => share(row.f1) },
          {
            key: 'samples',
            head: t('datasets.samples'),
            right: true,
            cell: (row) => format.integer(row.samples),
          },
        ]}
      />
    </Panel>
  )
}

function Mistakes({ evaluation }: { evaluation: Evaluation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const name = (index: number) => evaluation.classes[index] ?? String(index)
  return (
    <Panel title={t('evaluations.mistakes')} aside={t('evaluations.mistakesAside')}>
      <ul className={css.mistakes}>
        {evaluation.mistakes.map((mistake) => (
          <li key={mistake.index}>
            <Digit
              pixels={mistake.pixels}
              size={84}
              label={t('evaluations.mistakeLabel', { index: mistake.index, actual: name(mistake.actual) })}
            />
            <span>
              {t('evaluations.mistake', { actual: name(mistake.actual), predicted: name(mistake.predicted) })}
            </span>
            <span className={ui.unit}>{format.percent(mistake.confidence)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function All({ list, current }: { list: Evaluation[]; current: string | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Panel title={t('evaluations.all')}>
      <DataTable
        caption={t('evaluations.all')}
        rows={list}
        keyOf={({ id }) => id}
        current={current}
        columns={[
          {
            key: 'at',
            head: t('common.when'),
            cell: ({ id, createdAt }) => (
              <AppLink href={paths.evaluations(id)} className={ui.link}>
                {format.dateTime(createdAt)}
              </AppLink>
            ),
          },
          {
            key: 'accuracy',
            head: t('evaluations.accuracy'),
            right: true,
            cell: (row) => format.percent(row.accuracy, 2),
          },
          {
            key: 'samples',
            head: t('datasets.samples'),
            right: true,
            cell: (row) => format.integer(row.samples),
          },
        ]}
      />
    </Panel>
  )
}
