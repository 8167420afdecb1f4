/** @file Data sets: each version with its origin, splits, class counts, leaks and a look at the samples. */
import type { Dataset, DatasetVersion } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { Digit } from '../../ui/chart/Digit.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useAddressId } from '../../ui/useAddressId.ts'
import { useFormat } from '../../ui/useFormat.ts'
import css from './datasets.module.css'

export function DatasetsPage() {
  const { t } = useTranslation()
  const id = useAddressId()
  const datasets = useQuery(reads.datasets())
  return (
    <div className={ui.stack}>
      <PageHead title={t('nav.datasets')} lead={t('datasets.lead')} />
      <QueryView query={datasets} empty={t('datasets.none')}>
        {(list) => {
          // Evidence may name the data set or one of its versions.
          const chosen = id
            ? list.filter((one) => one.id === id || one.versions.some((version) => version.id === id))
            : list
          if (chosen.length === 0) return <p className={ui.empty}>{t('common.notFound')}</p>
          return (
            <>
              {chosen.map((dataset) => (
                <DatasetPart key={dataset.id} dataset={dataset} />
              ))}
            </>
          )
        }}
      </QueryView>
    </div>
  )
}

function DatasetPart({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation()
  return (
    <>
      {dataset.versions.map((version) => (
        <Panel
          key={version.id}
          title={t('datasets.version', { name: dataset.name, number: version.number })}
          aside={dataset.description}
        >
          <VersionPart dataset={dataset} version={version} />
        </Panel>
      ))}
    </>
  )
}

function VersionPart({ dataset, version }: { dataset: Dataset; version: DatasetVersion }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { profile } = version
  const leak = profile.leaks > 0
  const rows = [
    { key: 'shape', label: t('datasets.shape'), value: version.sampleShape.join(' × ') },
    { key: 'classes', label: t('datasets.classes'), value: format.integer(version.classes.length) },
    {
      key: 'leaks',
      label: t('datasets.leaks'),
      value: (
        <span className={ui.chip}>
          <StateMark tone={leak ? 'bad' : 'good'} label={t(leak ? 'datasets.leaking' : 'datasets.clean')} />
          {format.integer(profile.leaks)}
        </span>
      ),
    },
    {
      key: 'bytes',
      label: t('common.size'),
      value: format.bytes(version.files.reduce((sum, file) => sum + file.bytes, 0)),
    },
    { key: 'source', label: t('datasets.source'), value: dataset.source || t('common.none') },
    { key: 'licence', label: t('datasets.licence'), value: dataset.licence || t('common.none') },
    { key: 'seed', label: t('datasets.seed'), value: format.integer(version.splitSeed) },
    {
      key: 'hash',
      label: t('datasets.hash'),
      value: (
        <span className={ui.hash} title={version.hash}>
          {version.hash.slice(0, 16)}
        </span>
      ),
    },
  ]
  return (
    <div className={ui.stack}>
      <Facts rows={rows} />
      <DataTable
        caption={t('datasets.splits')}
        rows={profile.splits}
        keyOf={({ split }) => split}
        columns={[
          { key: 'split', head: t('datasets.split'), cell: ({ split }) => t(`split.${split}`) },
          {
            key: 'samples',
            head: t('datasets.samples'),
            right: true,
            cell: (row) => format.integer(row.samples),
          },
          {
            key: 'counts',
            head: t('datasets.counts'),
            cell: (row) => <Counts counts={row.classCounts} names={version.classes} />,
          },
          { key: 'mean', head: t('datasets.mean'), right: true, cell: (row) => format.loss(row.mean) },
          {
            key: 'deviation',
            head: t('datasets.deviation'),
            right: true,
            cell: (row) => format.loss(row.standardDeviation),
          },
          { key: 'blank', head: t('datasets.blank'), right: true, cell: (row) => format.integer(row.blank) },
          {
            key: 'duplicates',
            head: t('datasets.duplicates'),
            right: true,
            cell: (row) => format.integer(row.duplicates),
          },
        ]}
      />
      <ul className={css.samples}>
        {profile.samples.map((sample, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: samples have no identity but their place
          <li key={i}>
            <Digit
              pixels={sample.pixels}
              label={t('datasets.sampleOf', { name: version.classes[sample.label] ?? sample.label })}
            />
            <span aria-hidden="true">{version.classes[sample.label]}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Samples of each class as small bars over the class names. */
function Counts({ counts, names }: { counts: readonly number[]; names: readonly string[] }) {
  const format = useFormat()
  const most = Math.max(1, ...counts)
  return (
    <span className={css.counts}>
      {counts.map((count, i) => (
        <span key={names[i] ?? i} title={`${names[i]}: ${format.integer(count)}`}>
          <i style={{ height: `${(count / most) * 24}px` }} />
          <span className="visually-hidden">{`${names[i]}: ${format.integer(count)}`}</span>
          <b aria-hidden="true">{names[i]}</b>
        </span>
      ))}
    </span>
  )
}
