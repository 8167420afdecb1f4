/** @file A decision to record: its options, the chosen one with its reason, and what it is expected to bring. */
import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { useSpeakers } from '../../ui/useMay.ts'
import { DecisionGrounds } from './DecisionGrounds.tsx'
import { DecisionOptions } from './DecisionOptions.tsx'
import { decisionBody, decisionFields, forecastable } from './decision.view.ts'
import { useDecide } from './team.queries.ts'

export function DecisionForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm(null, decisionFields)
  const decide = useDecide()
  const speakers = useSpeakers()
  const keyResults = useQuery(reads.keyResults()).data ?? []
  const measures = useQuery(reads.measures()).data ?? []
  const submit = () =>
    decide.mutate(
      decisionBody(form.fields, {
        keyResultId: forecastable(keyResults)[0]?.id ?? '',
        measureId: measures[0]?.id ?? '',
        decidedBy: speakers[0]?.id ?? '',
      }),
      { onSuccess: onClose },
    )
  return (
    <FormDialog
      title={t('decisionForm.add')}
      action={t('decisionForm.record')}
      write={decide}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('decisionForm.title')}
        {...form.text('title')}
        maxLength={200}
        required
        data-autofocus
      />
      <DecisionOptions form={form} />
      <Textarea
        className={css.wide}
        label={t('decisionForm.reason')}
        {...form.text('reason')}
        autosize
        minRows={2}
        maxRows={10}
      />
      <DecisionGrounds form={form} keyResults={keyResults} measures={measures} />
      <NativeSelect
        className={css.wide}
        label={t('decisionForm.decidedBy')}
        {...form.text('decidedBy')}
        data={speakers.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </FormDialog>
  )
}
