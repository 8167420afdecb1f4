/** @file What people or cash were used, to be charged to a pool; computing is charged by runs themselves. */
import type { Pool } from '@capstan/api'
import { NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { chargeBody, chargeFields } from './charge.view.ts'
import { useCharge } from './resources.queries.ts'

export function ChargeForm({ pools, onClose }: { pools: readonly Pool[]; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const form = useForm(null, chargeFields(pools))
  const write = useCharge()
  const members = useQuery(reads.members()).data ?? []
  const initiatives = useQuery(reads.initiatives()).data ?? []
  const pool = pools.find(({ id }) => id === form.fields.poolId)
  const named = (empty: string, list: readonly { id: string; name: string }[]) => [
    { value: '', label: empty },
    ...list.map(({ id, name }) => ({ value: id, label: name })),
  ]
  return (
    <FormDialog
      title={t('chargeForm.title')}
      action={t('chargeForm.charge')}
      write={write}
      onSubmit={() => write.mutate(chargeBody(form.fields, new Date()), { onSuccess: onClose })}
      onClose={onClose}
    >
      <NativeSelect
        label={t('resources.pool')}
        {...form.text('poolId')}
        data={pools.map(({ id, name }) => ({ value: id, label: name }))}
        data-autofocus
      />
      <NumberInput
        label={t('chargeForm.quantity', { unit: format.unitName(pool?.unit ?? '') })}
        {...form.value('quantity')}
        hideControls
        required
      />
      <NativeSelect
        label={t('strategy.initiative')}
        {...form.text('initiativeId')}
        data={named(t('form.none'), initiatives)}
      />
      <TextInput type="date" label={t('chargeForm.on')} {...form.text('day')} required />
      <NativeSelect
        className={css.wide}
        label={t('chargeForm.who')}
        {...form.text('memberId')}
        data={named(t('team.nobody'), members)}
      />
      <TextInput className={css.wide} label={t('form.note')} {...form.text('note')} required />
    </FormDialog>
  )
}
