/** @file Says what a version was made from: versions of this workspace, models of others, its own compute. */
import type { Lineage, Version } from '@capstan/api'
import { Button, MultiSelect, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { type Form, useForm } from '../../ui/form/useForm.ts'
import { flopPattern, type LineageFields, lineageBody, lineageFields } from './lineage.view.ts'
import { useSetLineage } from './registry.queries.ts'

interface LineageFormProps {
  version: Version
  lineage: Lineage | null
  onClose: () => void
}

export function LineageForm({ version, lineage, onClose }: LineageFormProps) {
  const { t } = useTranslation()
  const form = useForm(lineage, lineageFields)
  const write = useSetLineage()
  const others = (useQuery(reads.models()).data ?? [])
    .flatMap(({ versions }) => versions)
    .filter(({ id }) => id !== version.id)
  const submit = () => {
    const body = lineageBody(form.fields)
    const revision = lineage ? { revision: form.revision } : {}
    write.mutate({ id: version.id, ...revision, ...body }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={t('lineageForm.title', { name: version.modelName, number: version.number })}
      action={t('form.save')}
      write={write}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <MultiSelect
        className={css.wide}
        label={t('lineageForm.parents')}
        description={t('lineageForm.parentsNote')}
        {...form.value('parents')}
        searchable
        data={others.map(({ id, modelName, number }) => ({
          value: id,
          label: t('registry.version', { name: modelName, number }),
        }))}
        data-autofocus
      />
      <Foreign form={form} />
      <TextInput
        className={css.wide}
        label={t('lineageForm.flop')}
        description={t(version.runId === null ? 'lineageForm.flopOutside' : 'lineageForm.flopNote')}
        {...form.text('flop')}
        pattern={flopPattern}
        inputMode="decimal"
      />
      <Textarea className={css.wide} label={t('form.note')} {...form.text('note')} autosize minRows={2} />
    </FormDialog>
  )
}

type Model = LineageFields['foreign'][number]

function Foreign({ form }: { form: Form<LineageFields> }) {
  const { t } = useTranslation()
  const { foreign } = form.fields
  const change = (at: number, patch: Partial<Model>) =>
    form.set({ foreign: foreign.map((model, i) => (i === at ? { ...model, ...patch } : model)) })
  const field = (at: number, key: keyof Model, label: string, more: object = {}) => (
    <TextInput
      size="xs"
      label={label}
      value={foreign[at]?.[key] ?? ''}
      onChange={({ currentTarget }) => change(at, { [key]: currentTarget.value })}
      {...more}
    />
  )
  return (
    <fieldset className={css.group}>
      <legend>{t('lineageForm.foreign')}</legend>
      {foreign.map((_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a model is its place until it is kept
        <div key={i} className={css.entry}>
          <div className={css.line}>
            {field(i, 'name', t('lineage.model'), { required: true, maxLength: 200 })}
            {field(i, 'flop', t('lineageForm.foreignFlop'), { pattern: flopPattern, inputMode: 'decimal' })}
            {field(i, 'source', t('market.source'), { required: true })}
          </div>
          <Button
            size="xs"
            variant="subtle"
            aria-label={`${t('form.remove')}: ${foreign[i]?.name ?? ''}`}
            onClick={() => form.set({ foreign: foreign.filter((_, k) => k !== i) })}
          >
            {t('form.remove')}
          </Button>
        </div>
      ))}
      <div>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => form.set({ foreign: [...foreign, { name: '', flop: '', source: '' }] })}
        >
          {t('lineageForm.addForeign')}
        </Button>
      </div>
    </fieldset>
  )
}
