/** @file An incident to change: what it cost in the end, what it belongs to, whether it was one. */
import type { Incident } from '@capstan/api'
import { NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import { numberOf, type Typed } from '../../ui/form/fields.ts'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { useEditIncident } from './risk.queries.ts'

const severities = ['low', 'medium', 'high', 'critical'] as const
const states = ['open', 'resolved', 'dismissed'] as const

const fieldsOf = (incident: Incident | null) => ({
  title: incident?.title ?? '',
  description: incident?.description ?? '',
  riskId: incident?.riskId ?? '',
  initiativeId: incident?.initiativeId ?? '',
  severity: incident?.severity ?? ('medium' as const),
  state: incident?.state ?? ('open' as const),
  loss: (incident?.loss ?? '') as Typed,
})

const bodyOf = ({ riskId, initiativeId, loss, ...rest }: ReturnType<typeof fieldsOf>) => ({
  ...rest,
  ...{ riskId: riskId || null, initiativeId: initiativeId || null, loss: numberOf(loss) },
})

export function IncidentForm({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm(incident, fieldsOf)
  const edit = useEditIncident()
  const risks = useQuery(reads.risks()).data ?? []
  const initiatives = useQuery(reads.initiatives()).data ?? []
  const submit = () => {
    const changes = form.changes(bodyOf)
    if (Object.keys(changes).length === 0) return onClose()
    edit.mutate({ id: incident.id, revision: form.revision, ...changes }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={t('incidentForm.edit')}
      action={t('form.save')}
      write={edit}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('risks.title')}
        {...form.text('title')}
        maxLength={200}
        required
        data-autofocus
      />
      <NativeSelect
        label={t('risk.risk')}
        {...form.text('riskId')}
        data={[
          { value: '', label: t('risks.noRisk') },
          ...risks.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <NativeSelect
        label={t('strategy.initiative')}
        {...form.text('initiativeId')}
        data={[
          { value: '', label: t('form.none') },
          ...initiatives.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <NativeSelect
        label={t('risks.severityHead')}
        {...form.text('severity')}
        data={severities.map((value) => ({ value, label: t(`risks.severity.${value}`) }))}
      />
      <NativeSelect
        label={t('strategy.state')}
        {...form.text('state')}
        data={states.map((value) => ({ value, label: t(`risks.state.${value}`) }))}
      />
      <NumberInput label={t('risks.itsLoss')} {...form.value('loss')} hideControls />
      <Textarea
        className={css.wide}
        label={t('form.description')}
        {...form.text('description')}
        autosize
        minRows={3}
        maxRows={12}
      />
    </FormDialog>
  )
}
