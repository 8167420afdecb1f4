/** @file A strength, weakness, opportunity or threat to add or to change. */
import type { SwotEntry } from '@capstan/api'
import { NativeSelect, Select, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { marketReads, useAddSwot, useEditSwot } from './market.queries.ts'
import { swotBody, swotFields, swotKinds } from './market.view.ts'

interface SwotFormProps {
  entry: SwotEntry | null
  kind?: SwotEntry['kind']
  onClose: () => void
}

export function SwotForm({ entry, kind = 'strength', onClose }: SwotFormProps) {
  const { t } = useTranslation()
  const form = useForm(entry, swotFields(kind))
  const add = useAddSwot()
  const edit = useEditSwot()
  const links = useLinks()
  const submit = () => {
    if (!entry) return add.mutate(swotBody(form.fields), { onSuccess: onClose })
    const changes = form.changes(swotBody)
    if (Object.keys(changes).length === 0) return onClose()
    edit.mutate({ id: entry.id, revision: form.revision, ...changes }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={t(entry ? 'swotForm.edit' : 'swotForm.add')}
      action={t(entry ? 'form.save' : 'form.add')}
      write={entry ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('swotForm.text')}
        {...form.text('text')}
        maxLength={200}
        required
        data-autofocus
      />
      <NativeSelect
        label={t('swotForm.kind')}
        {...form.text('kind')}
        data={swotKinds.map((value) => ({ value, label: t(`swot.${value}`) }))}
      />
      <NativeSelect
        label={t('swotForm.weight')}
        {...form.text('weight')}
        data={['1', '2', '3', '4', '5'].map((value) => ({
          value,
          label: t('swot.weight', { weight: value }),
        }))}
      />
      <Select
        className={css.wide}
        label={t('swotForm.link')}
        description={t('swotForm.linkNote')}
        size="xs"
        value={form.fields.link || null}
        onChange={(link) => form.set({ link: link ?? '' })}
        searchable
        clearable
        data={links}
      />
      <Textarea className={css.wide} label={t('form.note')} {...form.text('note')} autosize minRows={2} />
    </FormDialog>
  )
}

/** What an entry can rest on, by kind. */
function useLinks() {
  const { t } = useTranslation()
  const groups = {
    measure: useQuery(reads.measures()).data,
    segment: useQuery(marketReads.segments()).data,
    competitor: useQuery(marketReads.contenders('competitor')).data,
    trend: useQuery(marketReads.contenders('trend')).data,
    risk: useQuery(reads.risks()).data,
    initiative: useQuery(reads.initiatives()).data,
  }
  return (Object.keys(groups) as (keyof typeof groups)[]).map((noun) => ({
    group: t(`swotForm.noun.${noun}`),
    items: (groups[noun] ?? []).map(({ id, name }) => ({ value: `${noun}/${id}`, label: name })),
  }))
}
