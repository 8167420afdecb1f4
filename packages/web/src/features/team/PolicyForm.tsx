/** @file Sets who must approve; it holds for what is asked for from then on. */
import { type ApprovalKind, Role } from '@capstan/api'
import { Checkbox, MultiSelect, NumberInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { Checks } from '../../ui/form/Checks.tsx'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { policyBody, policyFields, type policyInForce } from './policy.view.ts'
import { useSetPolicy } from './team.queries.ts'

interface PolicyFormProps {
  kind: ApprovalKind
  rules: ReturnType<typeof policyInForce>
  onClose: () => void
}

export function PolicyForm({ kind, rules, onClose }: PolicyFormProps) {
  const { t } = useTranslation()
  const [before] = useState(rules)
  const form = useForm(null, () => policyFields(before))
  const write = useSetPolicy()
  const members = useQuery(reads.members()).data ?? []
  return (
    <FormDialog
      title={t('policy.set', { kind: t(`policy.kind.${kind}`) })}
      action={t('form.save')}
      write={write}
      onSubmit={() => write.mutate(policyBody(kind, form.fields), { onSuccess: onClose })}
      onClose={onClose}
    >
      <Checks
        label={t('policy.roles')}
        note={t('policy.rolesNote')}
        {...form.value('roles')}
        choices={Role.options.map((value) => ({ value, label: t(`role.${value}`) }))}
      />
      <MultiSelect
        className={css.wide}
        label={t('policy.members')}
        {...form.value('members')}
        searchable
        data={members.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <NumberInput label={t('policy.count')} {...form.value('count')} hideControls required />
      <NumberInput label={t('policy.hours')} {...form.value('hours')} hideControls />
      <Checkbox className={css.wide} label={t('policy.notOwn')} {...form.check('notOwn')} />
      <Checkbox className={css.wide} label={t('policy.distinct')} {...form.check('distinct')} />
    </FormDialog>
  )
}
