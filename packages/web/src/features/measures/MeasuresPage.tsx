/** @file Measures: all of them with what they say now, and one in full. */
import type { Measure } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { evidencePath, paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useAddressId } from '../../ui/useAddressId.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { MeasurePart } from './MeasurePart.tsx'
import { tones } from './measures.view.ts'

export function MeasuresPage() {
  const { t } = useTranslation()
  const id = useAddressId()
  const measures = useQuery(reads.measures())
  const format = useFormat()
  return (
    <div className={ui.stack}>
      <PageHead title={t('nav.measures')} lead={t('measures.lead')} />
      <QueryView query={measures} empty={t('measures.none')}>
        {(rows) => (
          <>
            <DataTable
              caption={t('nav.measures')}
              rows={rows}
              keyOf={(measure) => measure.id}
              current={id ?? rows[0]!.id}
              columns={[
                {
                  key: 'name',
                  head: t('measures.name'),
                  cell: (measure) => (
                    <AppLink href={paths.measures(measure.id)} className={ui.link}>
                      {measure.name}
                    </AppLink>
                  ),
                },
                {
                  key: 'now',
                  head: t('measures.now'),
                  right: true,
                  cell: (measure) => <Now measure={measure} />,
                },
                { key: 'state', head: t('measures.state'), cell: ({ state }) => <State state={state} /> },
                {
                  key: 'last',
                  head: t('measures.last'),
                  cell: ({ latest }) => (latest ? format.dateTime(latest.at) : t('common.none')),
                },
              ]}
            />
            <MeasurePart id={id ?? rows[0]!.id} all={rows} />
          </>
        )}
      </QueryView>
    </div>
  )
}

function Now({ measure: { latest, unit } }: { measure: Measure }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!latest) return t('common.none')
  const { text, unit: symbol } = format.quantity(latest.value, unit)
  return <Figure value={text} unit={symbol} origin={latest.origin} href={evidencePath(latest.evidence)} />
}

function State({ state }: Pick<Measure, 'state'>) {
  const { t } = useTranslation()
  const label = t(`measureState.${state}`)
  return (
    <span className={ui.chip}>
      <StateMark tone={tones[state]} label={label} />
      {label}
    </span>
  )
}
