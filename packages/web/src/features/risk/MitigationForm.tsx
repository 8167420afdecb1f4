/** @file A mitigation to propose or to change: by how much it lowers its risk, and what it costs. */
import type { Mitigation } from '@capstan/api'
import { Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { mitigationBody, mitigationFields } from './mitigation.view.ts'
import { useAddMitigation, useEditMitigation } from './risk.queries.ts'

export function MitigationForm({
  mitigation,
  onClose,
}: {
  mitigation: Mitigation | null
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { currency } = useFormat()
  const form = useForm(mitigation, mitigationFields)
  const add = useAddMitigation()
  const edit = useEditMitigation()
  const members = useQuery(reads.members()).data ?? []
  const risks = useQuery(reads.risks()).data ?? []
  const submit = () => {
    if (mitigation) {
      const changes = form.changes(mitigationBody)
      if (Object.keys(changes).length === 0) return onClose()
      edit.mutate({ id: mitigation.id, revision: form.revision, ...changes }, { onSuccess: onClose })
    } else {
      const riskId = form.fields.riskId || (risks[0]?.id ?? '')
      const { adopted } = form.fields
      add.mutate({ ...mitigationBody(form.fields), riskId, adopted }, { onSuccess: onClose })
    }
  }
  return (
    <FormDialog
      title={t(mitigation ? 'mitigationForm.edit' : 'mitigationForm.add')}
      action={t(mitigation ? 'form.save' : 'mitigationForm.propose')}
      write={mitigation ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('mitigationForm.name')}
        {...form.text('name')}
        maxLength={200}
        required
        data-autofocus
      />
      {!mitigation && (
        <NativeSelect
          className={css.wide}
          label={t('risk.risk')}
          {...form.text('riskId')}
          data={risks.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
      <NumberInput
        label={t('mitigationForm.fewer')}
        description={t('mitigationForm.fewerNote')}
        {...form.value('fewer')}
        hideControls
        required
      />
      <NumberInput
        label={t('mitigationForm.cheaper')}
        description={t('mitigationForm.cheaperNote')}
        {...form.value('cheaper')}
        hideControls
        required
      />
      <NumberInput
        label={t('mitigationForm.cost', { currency })}
        {...form.value('annualCost')}
        hideControls
        required
      />
      <NativeSelect
        label={t('risk.owner')}
        {...form.text('ownerId')}
        data={[
          { value: '', label: t('team.nobody') },
          ...members.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <Textarea
        className={css.wide}
        label={t('form.description')}
        {...form.text('description')}
        autosize
        minRows={2}
        maxRows={8}
      />
      {!mitigation && (
        <Checkbox className={css.wide} label={t('mitigationForm.adopted')} {...form.check('adopted')} />
      )}
    </FormDialog>
  )
}
