/** @file A risk to watch by a measure: the limits, and what each state makes of the frequency. */
import type { Indicator } from '@capstan/api'
import { NativeSelect, NumberInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { type IndicatorFields, indicatorBody, indicatorFields } from './indicator.view.ts'
import { useAddIndicator, useEditIndicator } from './risk.queries.ts'

export function IndicatorForm({ indicator, onClose }: { indicator: Indicator | null; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm(indicator, indicatorFields)
  const add = useAddIndicator()
  const edit = useEditIndicator()
  const risks = useQuery(reads.risks()).data ?? []
  const measures = useQuery(reads.measures()).data ?? []
  const measure = measures.find(({ id }) => id === form.fields.measureId) ?? measures[0]
  const unit = measure?.unit === '1' ? t('decisionForm.share') : (measure?.unit ?? '')
  const submit = () => {
    if (indicator) {
      const changes = form.changes(indicatorBody)
      if (Object.keys(changes).length === 0) return onClose()
      edit.mutate({ id: indicator.id, revision: form.revision, ...changes }, { onSuccess: onClose })
    } else {
      const riskId = form.fields.riskId || (risks[0]?.id ?? '')
      const body = { ...indicatorBody(form.fields), riskId, measureId: measure?.id ?? '' }
      add.mutate(body, { onSuccess: onClose })
    }
  }
  const number = (key: keyof IndicatorFields, label: string, first?: boolean) => (
    <NumberInput
      label={label}
      {...form.value(key)}
      hideControls
      required
      {...(first ? { 'data-autofocus': true } : {})}
    />
  )
  return (
    <FormDialog
      title={t(indicator ? 'indicatorForm.edit' : 'indicatorForm.add')}
      action={t(indicator ? 'form.save' : 'form.add')}
      write={indicator ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      {!indicator && (
        <>
          <NativeSelect
            label={t('risk.risk')}
            {...form.text('riskId')}
            data={risks.map(({ id, name }) => ({ value: id, label: name }))}
            data-autofocus
          />
          <NativeSelect
            label={t('risk.measure')}
            {...form.text('measureId')}
            value={measure?.id ?? ''}
            data={measures.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </>
      )}
      {number('amber', t('indicatorForm.amber', { unit }), indicator !== null)}
      {number('red', t('indicatorForm.red', { unit }))}
      <NumberInput
        className={css.wide}
        label={t('indicatorForm.hysteresis', { unit })}
        description={t('indicatorForm.hysteresisNote')}
        {...form.value('hysteresis')}
        hideControls
        required
      />
      <fieldset className={css.group}>
        <legend>{t('indicatorForm.factors')}</legend>
        <div className={css.line}>
          {number('green', t('term.green'))}
          {number('atAmber', t('term.amber'))}
          {number('atRed', t('term.red'))}
        </div>
      </fieldset>
    </FormDialog>
  )
}
