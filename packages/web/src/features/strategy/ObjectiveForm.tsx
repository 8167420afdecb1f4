/** @file An objective to set or to change. */
import type { Objective } from '@capstan/api'
import { NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { objectiveBody, objectiveFields, openCycles } from './goal.view.ts'
import { useAddObjective, useEditObjective } from './strategy.queries.ts'

export function ObjectiveForm({ objective, onClose }: { objective: Objective | null; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm(objective, objectiveFields)
  const add = useAddObjective()
  const edit = useEditObjective()
  const members = useQuery(reads.members()).data ?? []
  const cycles = openCycles(useQuery(reads.cycles()).data ?? [])
  const submit = () => {
    if (objective) {
      const changes = form.changes(objectiveBody)
      if (Object.keys(changes).length === 0) return onClose()
      edit.mutate({ id: objective.id, revision: form.revision, ...changes }, { onSuccess: onClose })
    } else {
      const cycleId = form.fields.cycleId || (cycles[0]?.id ?? '')
      add.mutate({ ...objectiveBody(form.fields), cycleId }, { onSuccess: onClose })
    }
  }
  return (
    <FormDialog
      title={t(objective ? 'objectiveForm.edit' : 'objectiveForm.add')}
      action={t(objective ? 'form.save' : 'objectiveForm.set')}
      write={objective ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('objectiveForm.title')}
        {...form.text('title')}
        maxLength={200}
        required
        data-autofocus
      />
      <NativeSelect
        label={t('risk.owner')}
        {...form.text('ownerId')}
        data={[
          { value: '', label: t('team.nobody') },
          ...members.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      {!objective && (
        <NativeSelect
          label={t('objectiveForm.cycle')}
          {...form.text('cycleId')}
          data={cycles.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
    </FormDialog>
  )
}
