/** @file A pool to add or to change: what it is counted in, how much of it each period has, and its price. */
import type { Pool } from '@capstan/api'
import { NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { newPoolBody, type PoolKind, poolBody, poolFields, poolKinds, unitOf } from './pool.view.ts'
import { useAddPool, useEditPool } from './resources.queries.ts'

export function PoolForm({ pool, onClose }: { pool: Pool | null; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const form = useForm(pool, poolFields)
  const add = useAddPool()
  const edit = useEditPool()
  const members = useQuery(reads.members()).data ?? []
  const skills = [...new Set(members.flatMap((member) => member.skills))].sort()
  const { kind, skill, unit } = form.fields
  const submit = () => {
    if (!pool) return add.mutate(newPoolBody(form.fields), { onSuccess: onClose })
    const changes = form.changes(poolBody)
    if (Object.keys(changes).length === 0) return onClose()
    edit.mutate({ id: pool.id, revision: form.revision, ...changes }, { onSuccess: onClose })
  }
  const choose = (next: PoolKind) =>
    form.set({
      ...{ kind: next, unit: unitOf(next, format.currency) },
      ...(next === 'people' ? {} : { skill: '' }),
      ...(next === 'compute' ? {} : { device: '' }),
      ...(next === 'cash' ? { rate: 1 } : {}),
    })
  return (
    <FormDialog
      title={t(pool ? 'poolForm.edit' : 'poolForm.add')}
      action={t(pool ? 'form.save' : 'form.add')}
      write={pool ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('team.name')}
        {...form.text('name')}
        maxLength={200}
        required
        data-autofocus
      />
      {!pool && (
        <>
          <NativeSelect
            label={t('poolForm.kind')}
            size="xs"
            value={kind}
            onChange={({ currentTarget }) => choose(currentTarget.value as PoolKind)}
            data={poolKinds.map((value) => ({ value, label: t(`poolForm.kinds.${value}`) }))}
          />
          <TextInput label={t('poolForm.unit')} {...form.text('unit')} maxLength={16} required />
        </>
      )}
      {kind === 'people' && (
        <NativeSelect
          className={css.wide}
          label={t('poolForm.skill')}
          description={t('poolForm.skillNote')}
          {...form.text('skill')}
          data={[
            { value: '', label: t('form.none') },
            ...[...new Set([...skills, ...(skill ? [skill] : [])])].map((value) => ({ value, label: value })),
          ]}
        />
      )}
      {!skill && (
        <TextInput
          className={css.wide}
          label={t('poolForm.capacity', { unit: format.unitName(unit) })}
          description={t('poolForm.capacityNote')}
          {...form.text('capacity')}
          inputMode="decimal"
          required
        />
      )}
      <NumberInput
        label={t('poolForm.rate', { unit: format.unitName(unit, 1) })}
        {...form.value('rate')}
        hideControls
        required
      />
      {!pool && kind !== 'cash' && (
        <TextInput
          label={t('poolForm.currency')}
          {...form.text('currency')}
          placeholder={format.currency}
          maxLength={3}
        />
      )}
      {kind === 'compute' && (
        <TextInput label={t('poolForm.device')} {...form.text('device')} maxLength={200} />
      )}
    </FormDialog>
  )
}
