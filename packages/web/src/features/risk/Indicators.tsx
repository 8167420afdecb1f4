/** @file The indicators: measures with limits that raise and lower risks by themselves. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { IndicatorForm } from './IndicatorForm.tsx'
import { useRemoveIndicator } from './risk.queries.ts'
import { indicatorTones } from './risk.view.ts'

export function Indicators() {
  const { t } = useTranslation()
  const format = useFormat()
  const indicators = useQuery(reads.indicators())
  const measures = useQuery(reads.measures()).data ?? []
  const risks = useQuery(reads.risks()).data ?? []
  const may = useMay()
  const remove = useRemoveIndicator()
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
                <AppLink href={paths.measures(measureId)} className={ui.link}>
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
            {
              key: 'actions',
              head: '',
              edge: true,
              cell: (row) =>
                may('risk', 'editIndicator') && (
                  <RowActions>
                    <FormAction label={t('form.edit')} of={measure(row.measureId)?.name ?? row.id} quiet>
                      {(close) => <IndicatorForm indicator={row} onClose={close} />}
                    </FormAction>
                    <RemoveAction
                      name={measure(row.measureId)?.name ?? row.id}
                      id={row.id}
                      write={remove}
                      note={t('indicatorForm.removeNote')}
                    />
                  </RowActions>
                ),
            },
          ]}
        />
      )}
    </QueryView>
  )
}
