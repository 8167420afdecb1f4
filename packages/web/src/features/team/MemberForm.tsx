/** @file What a member can do, how much of it a period has, and when they are away. */
import type { Member } from '@capstan/api'
import { Button, NumberInput, TagsInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { type Form, useForm } from '../../ui/form/useForm.ts'
import { type MemberFields, memberBody, memberFields } from './member.view.ts'
import { useEditMember } from './team.queries.ts'

export function MemberForm({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm(member, memberFields)
  const edit = useEditMember()
  const members = useQuery(reads.members()).data ?? []
  const submit = () => {
    const changes = form.changes(memberBody)
    if (Object.keys(changes).length === 0) return onClose()
    edit.mutate({ id: member.id, revision: form.revision, ...changes }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={t('memberForm.edit', { name: member.name })}
      action={t('form.save')}
      write={edit}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TagsInput
        className={css.wide}
        label={t('team.skills')}
        description={t('memberForm.skillsNote')}
        {...form.value('skills')}
        data={[...new Set(members.flatMap(({ skills }) => skills))].sort()}
        acceptValueOnBlur
        data-autofocus
      />
      <NumberInput label={t('team.days')} {...form.value('daysPerPeriod')} hideControls required />
      <Absences form={form} />
    </FormDialog>
  )
}

function Absences({ form }: { form: Form<MemberFields> }) {
  const { t } = useTranslation()
  const { absences } = form.fields
  const change = (at: number, patch: Partial<(typeof absences)[number]>) =>
    form.set({ absences: absences.map((absence, i) => (i === at ? { ...absence, ...patch } : absence)) })
  return (
    <fieldset className={css.group}>
      <legend>{t('memberForm.absences')}</legend>
      {absences.map((absence, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an absence has no name
        <div key={i} className={css.entry}>
          <div className={css.line}>
            {(['from', 'to'] as const).map((key) => (
              <TextInput
                key={key}
                size="xs"
                type="date"
                label={t(`memberForm.${key}`)}
                value={absence[key]}
                onChange={({ currentTarget }) => change(i, { [key]: currentTarget.value })}
                required
              />
            ))}
            <TextInput
              size="xs"
              label={t('form.note')}
              value={absence.note}
              onChange={({ currentTarget }) => change(i, { note: currentTarget.value })}
            />
          </div>
          <Button
            size="xs"
            variant="subtle"
            aria-label={`${t('form.remove')}: ${absence.from}`}
            onClick={() => form.set({ absences: absences.filter((_, k) => k !== i) })}
          >
            {t('form.remove')}
          </Button>
        </div>
      ))}
      <div>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => form.set({ absences: [...absences, { from: '', to: '', note: '' }] })}
        >
          {t('memberForm.addAbsence')}
        </Button>
      </div>
    </fieldset>
  )
}
