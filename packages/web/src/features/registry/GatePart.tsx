/** @file The gate of a version's model, checked, and its rules to set. */
import type { Gate, GateCheck, Version } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { GateForm } from './GateForm.tsx'

type Rule = Gate['rules'][number]

export function GatePart({ version }: { version: Version }) {
  const { t } = useTranslation()
  const format = useFormat()
  const gate = useQuery(reads.gateCheck(version.id))
  const may = useMay()
  const tones = { pass: 'good', fail: 'bad', missing: 'open' } as const
  const value = (metric: string, number: number) =>
    metric === 'bytes'
      ? format.bytes(number)
      : metric === 'loss'
        ? format.loss(number)
        : format.percent(number, 2)
  const rulesOf = (check: GateCheck | null) =>
    (check?.results ?? []).map(({ metric, op, limit }) => ({ metric, op, value: limit }) as Rule)
  return (
    <section>
      <div className={ui.subHead}>
        <h3 className={ui.sub}>{t('registry.gate')}</h3>
        {gate.data !== undefined && may('registry', 'createGate') && (
          <FormAction label={t('gateForm.open')} of={version.modelName}>
            {(close) => <GateForm modelName={version.modelName} rules={rulesOf(gate.data)} onClose={close} />}
          </FormAction>
        )}
      </div>
      <QueryView query={gate}>
        {(check) =>
          check ? (
            <DataTable
              caption={t('registry.gate')}
              rows={check.results}
              keyOf={({ metric, op }) => `${metric}${op}`}
              columns={[
                {
                  key: 'result',
                  head: t('registry.gate'),
                  cell: ({ result }) => (
                    <span className={ui.chip}>
                      <StateMark tone={tones[result]} label={t(`gate.${result}`)} />
                      {t(`gate.${result}`)}
                    </span>
                  ),
                },
                { key: 'metric', head: t('risk.measure'), cell: ({ metric }) => metricName(metric) },
                {
                  key: 'value',
                  head: t('strategy.now'),
                  right: true,
                  cell: (row) => (row.value === null ? t('loop.notMeasured') : value(row.metric, row.value)),
                },
                {
                  key: 'limit',
                  head: t('registry.limit'),
                  right: true,
                  cell: (row) => `${row.op === '>=' ? '≥' : '≤'} ${value(row.metric, row.limit)}`,
                },
              ]}
            />
          ) : (
            <p className={ui.note}>{t('registry.noGate')}</p>
          )
        }
      </QueryView>
    </section>
  )

  function metricName(metric: string) {
    const known = ['accuracy', 'loss', 'calibration-error', 'bytes'] as const
    const name = known.find((one) => one === metric)
    return name ? t(`metric.${name}`) : metric
  }
}
