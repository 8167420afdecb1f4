/** @file Solves the allocation of the open cycle, and approves the newest, whose choices become budgets. */
import type { Allocation } from '@capstan/api'
import { NumberInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import { required } from '../../ui/form/fields.ts'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { useApproveAllocation, useSolve } from './resources.queries.ts'

export function AllocationActions({ newest }: { newest: Allocation | undefined }) {
  const { t } = useTranslation()
  const may = useMay()
  const cycle = useQuery(reads.cycles()).data?.find(({ state }) => state !== 'closed')
  const approvable =
    newest?.state === 'proposed' &&
    (newest.result.status === 'optimal' || newest.result.status === 'feasible')
  return (
    <>
      {approvable && may('resources', 'approve') && (
        <FormAction label={t('allocationForm.approve')}>
          {(close) => <ApproveForm allocation={newest} onClose={close} />}
        </FormAction>
      )}
      {cycle && may('resources', 'solve') && (
        <FormAction label={t('allocationForm.solve')}>
          {(close) => <SolveForm cycleId={cycle.id} lambda={newest?.lambda ?? 0.2} onClose={close} />}
        </FormAction>
      )}
    </>
  )
}

interface SolveFormProps {
  cycleId: string
  lambda: number
  onClose: () => void
}

function SolveForm({ cycleId, lambda, onClose }: SolveFormProps) {
  const { t } = useTranslation()
  const form = useForm(null, () => ({ lambda: lambda as number | string }))
  const write = useSolve()
  return (
    <FormDialog
      title={t('allocationForm.solve')}
      action={t('allocationForm.begin')}
      write={write}
      onSubmit={() => write.mutate({ cycleId, lambda: required(form.fields.lambda) }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <NumberInput
        className={css.wide}
        label={t('resources.lambda')}
        description={t('allocationForm.lambdaNote')}
        {...form.value('lambda')}
        hideControls
        required
        data-autofocus
      />
    </FormDialog>
  )
}

function ApproveForm({ allocation, onClose }: { allocation: Allocation; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const write = useApproveAllocation()
  const n = format.integer(allocation.result.chosen.length)
  return (
    <FormDialog
      title={t('allocationForm.approveTitle')}
      action={t('allocationForm.approve')}
      write={write}
      onSubmit={() => write.mutate(allocation.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p className={css.wide}>{t('allocationForm.approveNote', { n })}</p>
    </FormDialog>
  )
}
