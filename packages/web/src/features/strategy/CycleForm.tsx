/** @file A cycle to open or to change. */
import type { Cycle } from '@capstan/api'
import { NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { cycleBody, cycleFields, periods, statesOf } from './cycle.view.ts'
import { useEditCycle, useOpenCycle } from './strategy.queries.ts'

export function CycleForm({ cycle, onClose }: { cycle: Cycle | null; onClose: () => void }) {
  const { t } = useTranslation()
  const [last] = useQuery(reads.cycles()).data ?? []
  const form = useForm(cycle, cycleFields(new Date(), last))
  const open = useOpenCycle()
  const edit = useEditCycle()
  const body = cycleBody(cycle)
  const submit = () => {
    if (!cycle) return open.mutate(body(form.fields), { onSuccess: onClose })
    const changes = form.changes((fields) => ({ ...body(fields), state: fields.state }))
    if (Object.keys(changes).length === 0) return onClose()
    edit.mutate({ id: cycle.id, revision: form.revision, ...changes }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={t(cycle ? 'cycleForm.edit' : 'cycleForm.open')}
      action={t(cycle ? 'form.save' : 'cycleForm.begin')}
      write={cycle ? edit : open}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('cycleForm.name')}
        {...form.text('name')}
        maxLength={200}
        required
        data-autofocus
      />
      <TextInput type="date" label={t('cycleForm.start')} {...form.text('start')} required />
      <TextInput type="date" label={t('cycleForm.end')} {...form.text('end')} required />
      <NativeSelect
        label={t('cycleForm.period')}
        description={t('cycleForm.periodNote')}
        {...form.text('period')}
        data={periods.map((value) => ({ value, label: t(`cycleForm.periods.${value}`) }))}
      />
      {cycle && (
        <NativeSelect
          label={t('strategy.state')}
          description={t('cycleForm.stateNote')}
          {...form.text('state')}
          data={statesOf(cycle).map((value) => ({ value, label: t(`cycleForm.states.${value}`) }))}
        />
      )}
    </FormDialog>
  )
}
