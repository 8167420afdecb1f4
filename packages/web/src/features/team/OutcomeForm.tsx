/** @file How a decision turned out: whether what was expected came, or the value that came. */
import type { Decision } from '@capstan/api'
import { NativeSelect, NumberInput, Radio, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import { required, type Typed } from '../../ui/form/fields.ts'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { useSpeakers } from '../../ui/useMay.ts'
import { outcomeKind } from './decision.view.ts'
import { useRecordOutcome } from './team.queries.ts'

export function OutcomeForm({ decision, onClose }: { decision: Decision; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm(null, () => ({ met: '', value: '' as Typed, note: '', recordedBy: '' }))
  const record = useRecordOutcome()
  const speakers = useSpeakers()
  const measures = useQuery(reads.measures()).data ?? []
  const kind = outcomeKind(decision)
  const { met, value, note } = form.fields
  const unit = measures.find(({ id }) => id === decision.expectation?.measureId)?.unit ?? ''
  const submit = () =>
    record.mutate(
      {
        ...{ id: decision.id, note, recordedBy: form.fields.recordedBy || (speakers[0]?.id ?? '') },
        ...(kind === 'met' ? { met: met === 'yes' } : { value: required(value) }),
      },
      { onSuccess: onClose },
    )
  return (
    <FormDialog
      title={t('decisionForm.outcomeOf', { title: decision.title })}
      action={t('decisionForm.record')}
      write={record}
      onSubmit={submit}
      onClose={onClose}
    >
      {kind === 'met' ? (
        <fieldset className={css.group}>
          <legend>{t('decisionForm.came')}</legend>
          {(['yes', 'no'] as const).map((answer, i) => (
            <Radio
              key={answer}
              size="xs"
              name="met"
              label={t(answer === 'yes' ? 'decisionOutcome.met' : 'decisionOutcome.missed')}
              checked={met === answer}
              onChange={() => form.set({ met: answer })}
              required
              {...(i === 0 ? { 'data-autofocus': true } : {})}
            />
          ))}
        </fieldset>
      ) : (
        <NumberInput
          className={css.wide}
          label={t('decisionForm.value', { unit: unit === '1' ? t('decisionForm.share') : unit })}
          {...form.value('value')}
          hideControls
          required
          data-autofocus
        />
      )}
      <Textarea className={css.wide} label={t('form.note')} {...form.text('note')} autosize minRows={2} />
      <NativeSelect
        className={css.wide}
        label={t('decisionForm.recordedBy')}
        {...form.text('recordedBy')}
        data={speakers.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </FormDialog>
  )
}
