/** @file A risk to register or to change. */
import type { Risk } from '@capstan/api'
import { NativeSelect, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { RiskDependence } from './RiskDependence.tsx'
import { RiskNumbers } from './RiskNumbers.tsx'
import { useAddRisk, useEditRisk } from './risk.queries.ts'
import { riskBody, riskFields } from './risk-form.view.ts'

const treatments = ['avoid', 'reduce', 'transfer', 'accept'] as const

export function RiskForm({ risk, onClose }: { risk: Risk | null; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm(risk, riskFields)
  const add = useAddRisk()
  const edit = useEditRisk()
  const members = useQuery(reads.members()).data ?? []
  const submit = () => {
    if (!risk) return add.mutate(riskBody(form.fields, null), { onSuccess: onClose })
    const changes = form.changes((fields) => riskBody(fields, risk))
    if (Object.keys(changes).length === 0) return onClose()
    edit.mutate({ id: risk.id, revision: form.revision, ...changes }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={t(risk ? 'riskForm.edit' : 'riskForm.add')}
      action={t(risk ? 'form.save' : 'riskForm.register')}
      write={risk ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('riskForm.name')}
        {...form.text('name')}
        maxLength={200}
        required
        data-autofocus
      />
      <Textarea
        className={css.wide}
        label={t('form.description')}
        {...form.text('description')}
        autosize
        minRows={2}
        maxRows={8}
      />
      <RiskNumbers form={form} />
      <NativeSelect
        label={t('risk.treatment')}
        {...form.text('treatment')}
        data={treatments.map((value) => ({ value, label: t(`treatment.${value}`) }))}
      />
      <NativeSelect
        label={t('risk.owner')}
        {...form.text('ownerId')}
        data={[
          { value: '', label: t('team.nobody') },
          ...members.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <TagsInput
        className={css.wide}
        label={t('riskForm.reasons')}
        description={t('riskForm.reasonsNote')}
        {...form.value('reasons')}
        splitChars={[]}
        acceptValueOnBlur
      />
      <RiskDependence form={form} riskId={risk?.id ?? null} />
    </FormDialog>
  )
}
