/** @file Market segments with their sizes as ranges, and what the team may win of them. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { DataTable } from '../../ui/DataTable.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { marketReads, useRemoveSegment } from './market.queries.ts'
import { SegmentForm } from './SegmentForm.tsx'

export function MarketPart() {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useQuery(marketReads.segments())
  const outlook = useQuery(marketReads.outlook()).data
  const may = useMay()
  const remove = useRemoveSegment()
  const between = (low: number, high: number) => `${format.money(low)}–${format.money(high)}`
  return (
    <Panel
      title={t('market.title')}
      aside={
        <>
          {outlook &&
            outlook.segments.length > 0 &&
            t('market.total', {
              year: outlook.year,
              range: between(outlook.total.winnable.p10, outlook.total.winnable.p90),
            })}
          {may('market', 'addSegment') && (
            <FormAction label={t('segmentForm.add')}>
              {(close) => <SegmentForm segment={null} onClose={close} />}
            </FormAction>
          )}
        </>
      }
    >
      <QueryView query={query} empty={t('market.none')}>
        {(segments) => (
          <DataTable
            caption={t('market.title')}
            rows={segments}
            keyOf={({ id }) => id}
            anchor="segment"
            columns={[
              {
                key: 'name',
                head: t('market.segment'),
                cell: ({ name, summary }) => (
                  <>
                    {name}
                    {summary && <div className={ui.note}>{summary}</div>}
                  </>
                ),
              },
              {
                key: 'size',
                head: t('market.size'),
                right: true,
                cell: ({ size, year, origin }) => (
                  <Figure
                    value={format.money(size.mode)}
                    unit={String(year)}
                    interval={between(size.low, size.high)}
                    origin={origin}
                  />
                ),
              },
              {
                key: 'growth',
                head: t('market.growth'),
                right: true,
                cell: ({ growth, origin }) => (
                  <Figure
                    value={format.percentNumber(growth.mode)}
                    unit="%"
                    interval={`${format.percentNumber(growth.low, 0)}–${format.percentNumber(growth.high, 0)}`}
                    origin={origin}
                  />
                ),
              },
              {
                key: 'winnable',
                head: t('market.winnable'),
                right: true,
                cell: ({ id }) => {
                  const found = outlook?.segments.find((segment) => segment.id === id)
                  return found ? between(found.winnable.p10, found.winnable.p90) : t('common.none')
                },
              },
              { key: 'source', head: t('market.source'), cell: ({ source }) => source },
              {
                key: 'actions',
                head: '',
                edge: true,
                cell: (row) =>
                  may('market', 'editSegment') && (
                    <RowActions>
                      <FormAction label={t('form.edit')} of={row.name} quiet>
                        {(close) => <SegmentForm segment={row} onClose={close} />}
                      </FormAction>
                      <RemoveAction name={row.name} id={row.id} write={remove} />
                    </RowActions>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
    </Panel>
  )
}
