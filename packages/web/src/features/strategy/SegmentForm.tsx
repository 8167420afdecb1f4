/** @file A market segment to add or to change. */
import type { Segment } from '@capstan/api'
import { NumberInput, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { useAddSegment, useEditSegment } from './market.queries.ts'
import { segmentBody, segmentFields } from './market.view.ts'
import { RangeInput } from './RangeInput.tsx'

export function SegmentForm({ segment, onClose }: { segment: Segment | null; onClose: () => void }) {
  const { t } = useTranslation()
  const { currency } = useFormat()
  const form = useForm(segment, segmentFields(new Date().getFullYear()))
  const add = useAddSegment()
  const edit = useEditSegment()
  const submit = () => {
    if (!segment) return add.mutate(segmentBody(form.fields), { onSuccess: onClose })
    const changes = form.changes(segmentBody)
    if (Object.keys(changes).length === 0) return onClose()
    edit.mutate({ id: segment.id, revision: form.revision, ...changes }, { onSuccess: onClose })
  }
  const range = (key: 'size' | 'growth' | 'share') => ({
    value: form.fields[key],
    onChange: form.value(key).onChange,
  })
  return (
    <FormDialog
      title={t(segment ? 'segmentForm.edit' : 'segmentForm.add')}
      action={t(segment ? 'form.save' : 'form.add')}
      write={segment ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('market.segment')}
        {...form.text('name')}
        maxLength={200}
        required
        data-autofocus
      />
      <Textarea
        className={css.wide}
        label={t('form.description')}
        {...form.text('summary')}
        autosize
        minRows={2}
        maxRows={6}
      />
      <RangeInput label={t('segmentForm.size', { currency })} {...range('size')} />
      <RangeInput label={t('segmentForm.growth')} {...range('growth')} />
      <RangeInput label={t('segmentForm.share')} note={t('segmentForm.shareNote')} {...range('share')} />
      <NumberInput
        label={t('segmentForm.year')}
        {...form.value('year')}
        hideControls
        allowDecimal={false}
        thousandSeparator=""
        required
      />
      <Textarea
        className={css.wide}
        label={t('market.source')}
        {...form.text('source')}
        autosize
        minRows={1}
        required
      />
    </FormDialog>
  )
}
