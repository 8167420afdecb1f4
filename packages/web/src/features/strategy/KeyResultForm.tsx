/** @file A key result to bind to a measure, or to change. */
import type { KeyResultView, Objective } from '@capstan/api'
import { NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { dayOf } from '../../ui/day.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { keyResultBody, keyResultFields } from './goal.view.ts'
import { useAddKeyResult, useEditKeyResult } from './strategy.queries.ts'

interface KeyResultFormProps {
  objective: Objective
  result: KeyResultView | null
  onClose: () => void
}

export function KeyResultForm({ objective, result, onClose }: KeyResultFormProps) {
  const { t } = useTranslation()
  const cycle = useQuery(reads.cycles()).data?.find(({ id }) => id === objective.cycleId)
  const form = useForm(result, keyResultFields(cycle?.end))
  const add = useAddKeyResult()
  const edit = useEditKeyResult()
  const measures = useQuery(reads.measures()).data ?? []
  const measure =
    result?.measure ?? measures.find(({ id }) => id === form.fields.measureId) ?? measures[0] ?? null
  const unit = measure?.unit === '1' ? t('decisionForm.share') : (measure?.unit ?? '')
  const bodyOf = keyResultBody(cycle?.end)
  const submit = () => {
    if (result) {
      const { due, ...changes } = form.changes(bodyOf)
      // the hour of a day that was left alone is left alone, too
      const moved = form.fields.due === dayOf(result.due) ? {} : { due }
      const body = { ...changes, ...moved }
      if (Object.keys(body).length === 0) return onClose()
      edit.mutate({ id: result.id, revision: form.revision, ...body }, { onSuccess: onClose })
    } else {
      const body = { ...bodyOf(form.fields), objectiveId: objective.id, measureId: measure?.id ?? '' }
      add.mutate(body, { onSuccess: onClose })
    }
  }
  return (
    <FormDialog
      title={t(result ? 'keyResultForm.edit' : 'keyResultForm.add')}
      action={t(result ? 'form.save' : 'form.add')}
      write={result ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('keyResultForm.title')}
        {...form.text('title')}
        maxLength={200}
        required
        data-autofocus
      />
      {!result && (
        <NativeSelect
          className={css.wide}
          label={t('risk.measure')}
          {...form.text('measureId')}
          value={measure?.id ?? ''}
          data={measures.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
      <NumberInput label={t('keyResultForm.baseline', { unit })} {...form.value('baseline')} hideControls />
      <NumberInput
        label={t(measure?.direction === 'down' ? 'keyResultForm.atMost' : 'keyResultForm.atLeast', { unit })}
        {...form.value('target')}
        hideControls
        required
      />
      <TextInput type="date" label={t('strategy.due')} {...form.text('due')} required />
    </FormDialog>
  )
}
