/** @file Tries a change on the allocation: more or less of a pool, somebody who leaves; nothing is saved. */
import type { Allocation, AllocationChange } from '@capstan/api'
import { Button, NumberInput, Select } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { capstan } from '../../server/client.ts'
import { reads } from '../../server/reads.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import css from './resources.module.css'

export function WhatIfPart({ allocation }: { allocation: Allocation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const pools = useQuery(reads.pools()).data ?? []
  const members = useQuery(reads.members()).data ?? []
  const [subject, setSubject] = useState<string | null>(null)
  const [by, setBy] = useState<number | string>(1)
  const ask = useMutation({
    mutationFn: (change: AllocationChange) =>
      capstan().resources.whatIf({
        body: { cycleId: allocation.cycleId, lambda: allocation.lambda, changes: [change] },
      }),
  })
  const pool = pools.find(({ id }) => `pool ${id}` === subject)
  const member = members.find(({ id }) => `member ${id}` === subject)
  const change: AllocationChange | null = pool
    ? { kind: 'capacity', poolId: pool.id, by: Number(by) }
    : member
      ? { kind: 'leave', memberId: member.id, period: 0 }
      : null
  const answer = ask.data
  const both = (before: string, after: string) => `${before} → ${after}`
  return (
    <Panel title={t('whatIf.title')} aside={t('whatIf.aside')}>
      <form
        className={css.whatIf}
        onSubmit={(event) => {
          event.preventDefault()
          if (change) ask.mutate(change)
        }}
      >
        <Select
          label={t('whatIf.subject')}
          placeholder={t('whatIf.choose')}
          searchable
          data={[
            {
              group: t('whatIf.pools'),
              items: pools.map(({ id, name }) => ({ value: `pool ${id}`, label: name })),
            },
            {
              group: t('whatIf.leaves'),
              items: members.map(({ id, name }) => ({ value: `member ${id}`, label: name })),
            },
          ]}
          value={subject}
          onChange={setSubject}
        />
        {pool && (
          <NumberInput
            label={t('whatIf.by', { unit: format.unitName(pool.unit, 2) })}
            value={by}
            onChange={setBy}
          />
        )}
        <Button
          type="submit"
          variant="default"
          loading={ask.isPending}
          disabled={change === null || by === ''}
        >
          {t('whatIf.ask')}
        </Button>
      </form>
      {ask.isError && <ErrorNote error={ask.error} />}
      {answer && (
        <div className={ui.stack} aria-live="polite">
          <p>{sentence(answer.message)}</p>
          {answer.after.conflict?.map((conflict) => (
            <p key={sentence(conflict)}>{sentence(conflict)}</p>
          ))}
          <Facts
            rows={[
              {
                key: 'value',
                label: t('resources.expectedValue'),
                value: both(
                  format.money(answer.before.expectedValue),
                  format.money(answer.after.expectedValue),
                ),
              },
              {
                key: 'cvar',
                label: t('resources.cvar'),
                value: both(format.money(answer.before.cvar), format.money(answer.after.cvar)),
              },
              {
                key: 'objective',
                label: t('resources.objective'),
                value: both(format.money(answer.before.objective), format.money(answer.after.objective)),
              },
            ]}
          />
        </div>
      )}
    </Panel>
  )
}
