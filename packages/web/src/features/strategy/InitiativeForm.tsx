/** @file An initiative to put forward or to change: its worth, its chance, and what it needs. */
import type { Initiative } from '@capstan/api'
import { MultiSelect, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { openCycles } from './goal.view.ts'
import { InitiativeNeeds } from './InitiativeNeeds.tsx'
import { InitiativeScores } from './InitiativeScores.tsx'
import { initiativeBody, initiativeFields } from './initiative.view.ts'
import { marketReads } from './market.queries.ts'
import { RangeInput } from './RangeInput.tsx'
import { useAddInitiative, useEditInitiative } from './strategy.queries.ts'
import { beliefOf } from './strategy.view.ts'

export function InitiativeForm({
  initiative,
  onClose,
}: {
  initiative: Initiative | null
  onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const form = useForm(initiative, initiativeFields)
  const add = useAddInitiative()
  const edit = useEditInitiative()
  const members = useQuery(reads.members()).data ?? []
  const cycles = openCycles(useQuery(reads.cycles()).data ?? [])
  const segments = useQuery(marketReads.segments()).data ?? []
  const keyResults = useQuery(reads.keyResults()).data ?? []
  const others = (useQuery(reads.initiatives()).data ?? []).filter(({ id }) => id !== initiative?.id)
  const submit = () => {
    if (initiative) {
      const changes = form.changes(initiativeBody)
      if (Object.keys(changes).length === 0) return onClose()
      edit.mutate({ id: initiative.id, revision: form.revision, ...changes }, { onSuccess: onClose })
    } else {
      const cycleId = form.fields.cycleId || (cycles[0]?.id ?? '')
      add.mutate({ ...initiativeBody(form.fields), cycleId }, { onSuccess: onClose })
    }
  }
  const belief = initiative && beliefOf(initiative.chance)
  const named = (list: readonly { id: string; name: string }[]) =>
    list.map(({ id, name }) => ({ value: id, label: name }))
  return (
    <FormDialog
      title={t(initiative ? 'initiativeForm.edit' : 'initiativeForm.add')}
      action={t(initiative ? 'form.save' : 'initiativeForm.put')}
      write={initiative ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('strategy.initiative')}
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
      <RangeInput
        label={t('initiativeForm.value', { currency: format.currency })}
        note={t('initiativeForm.valueNote')}
        {...{ value: form.fields.value, onChange: form.value('value').onChange }}
      />
      <fieldset className={css.group}>
        <legend>{t('initiativeForm.chance')}</legend>
        {belief && (
          <p className={ui.note}>
            {t('initiativeForm.chanceNow', {
              mean: format.percent(belief.mean),
              range: format.percentRange([belief.low, belief.high]),
            })}
          </p>
        )}
        <div className={css.line}>
          <NumberInput
            label={t('initiativeForm.atLeast')}
            {...form.value('chanceLow')}
            hideControls
            required={!initiative}
          />
          <NumberInput
            label={t('initiativeForm.atMost')}
            {...form.value('chanceHigh')}
            hideControls
            required={!initiative}
          />
        </div>
      </fieldset>
      <InitiativeNeeds form={form} />
      <NumberInput
        label={t('initiativeForm.earliest')}
        {...form.value('earliest')}
        allowDecimal={false}
        hideControls
        required
      />
      <NumberInput
        label={t('initiativeForm.latest')}
        {...form.value('latest')}
        allowDecimal={false}
        hideControls
      />
      <MultiSelect
        className={css.wide}
        label={t('initiativeForm.serves')}
        description={t('initiativeForm.servesNote')}
        {...form.value('serves')}
        searchable
        data={keyResults.map(({ id, title }) => ({ value: id, label: title }))}
      />
      <MultiSelect
        className={css.wide}
        label={t('initiativeForm.prerequisites')}
        {...form.value('prerequisites')}
        searchable
        data={named(others)}
      />
      <MultiSelect
        className={css.wide}
        label={t('initiativeForm.exclusions')}
        {...form.value('exclusions')}
        searchable
        data={named(others)}
      />
      <NativeSelect
        label={t('market.segment')}
        {...form.text('segmentId')}
        data={[{ value: '', label: t('form.none') }, ...named(segments)]}
      />
      <NativeSelect
        label={t('initiativeForm.estimator')}
        {...form.text('estimatorId')}
        data={[{ value: '', label: t('team.nobody') }, ...named(members)]}
      />
      <InitiativeScores form={form} />
    </FormDialog>
  )
}
