/** @file Incidents: what happened and what it cost, with one to record and those that are open to resolve. */
import type { Incident, Risk } from '@capstan/api'
import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { IncidentForm } from './IncidentForm.tsx'
import css from './risk.module.css'
import { useOpenIncident, useResolve } from './risk.queries.ts'

export function Incidents() {
  const { t } = useTranslation()
  const format = useFormat()
  const incidents = useQuery(reads.incidents())
  const risks = useQuery(reads.risks()).data ?? []
  const resolve = useResolve()
  const may = useMay()
  return (
    <>
      <QueryView query={incidents} empty={t('risks.noIncidents')}>
        {(all) => (
          <DataTable
            caption={t('risks.incidents')}
            rows={all}
            keyOf={({ id }) => id}
            anchor="incident"
            columns={[
              { key: 'at', head: t('common.when'), cell: ({ at }) => format.dateTime(at) },
              { key: 'title', head: t('risks.title'), cell: ({ title }) => title },
              {
                key: 'risk',
                head: t('risk.risk'),
                cell: ({ riskId }) => risks.find(({ id }) => id === riskId)?.name ?? t('risks.noRisk'),
              },
              {
                key: 'severity',
                head: t('risks.severityHead'),
                cell: ({ severity }) => t(`risks.severity.${severity}`),
              },
              {
                key: 'loss',
                head: t('risks.itsLoss'),
                right: true,
                cell: ({ loss, origin }) =>
                  loss === null ? '–' : <Figure value={format.money(loss)} origin={origin} />,
              },
              {
                key: 'state',
                head: t('strategy.state'),
                cell: (row) =>
                  row.state === 'open' && may('risk', 'editIncident') ? (
                    <Button size="compact-xs" variant="default" onClick={() => resolve.mutate(row)}>
                      {t('risks.resolve')}
                    </Button>
                  ) : (
                    <span className={ui.chip}>{t(`risks.state.${row.state}`)}</span>
                  ),
              },
              {
                key: 'actions',
                head: '',
                edge: true,
                cell: (row) =>
                  may('risk', 'editIncident') && (
                    <FormAction label={t('form.edit')} of={row.title} quiet>
                      {(close) => <IncidentForm incident={row} onClose={close} />}
                    </FormAction>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
      {resolve.isError && <ErrorNote error={resolve.error} />}
      {may('risk', 'openIncident') && <Record risks={risks} />}
    </>
  )
}

const severities = ['low', 'medium', 'high', 'critical'] as const

function Record({ risks }: { risks: readonly Risk[] }) {
  const { t } = useTranslation()
  const write = useOpenIncident()
  const [title, setTitle] = useState('')
  const [riskId, setRiskId] = useState('')
  const [severity, setSeverity] = useState<Incident['severity']>('medium')
  const [loss, setLoss] = useState<number | string>('')
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (title.trim() === '') return
    // what was typed stays until it is kept
    const clear = () => {
      setTitle('')
      setLoss('')
    }
    write.mutate(
      {
        ...{ title: title.trim(), severity, riskId: riskId || null },
        loss: typeof loss === 'number' ? loss : null,
      },
      { onSuccess: clear },
    )
  }
  return (
    <form onSubmit={send}>
      <div className={css.form}>
        <TextInput
          size="xs"
          label={t('risks.title')}
          value={title}
          onChange={({ currentTarget }) => setTitle(currentTarget.value)}
          required
        />
        <NativeSelect
          size="xs"
          label={t('risk.risk')}
          value={riskId}
          onChange={({ currentTarget }) => setRiskId(currentTarget.value)}
          data={[
            { value: '', label: t('risks.noRisk') },
            ...risks.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <NativeSelect
          size="xs"
          label={t('risks.severityHead')}
          value={severity}
          onChange={({ currentTarget }) => setSeverity(currentTarget.value as Incident['severity'])}
          data={severities.map((value) => ({ value, label: t(`risks.severity.${value}`) }))}
        />
        <NumberInput
          size="xs"
          label={t('risks.itsLoss')}
          value={loss}
          onChange={setLoss}
          min={0}
          hideControls
        />
        <Button
          size="xs"
          type="submit"
          variant="default"
          disabled={title.trim() === ''}
          loading={write.isPending}
        >
          {t('risks.record')}
        </Button>
      </div>
      {write.isError && <ErrorNote error={write.error} />}
    </form>
  )
}
