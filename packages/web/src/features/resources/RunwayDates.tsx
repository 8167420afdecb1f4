/** @file What the runway has on certain days: money that may come or go once, and milestones to reach. */
import { Button, NumberInput, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from '../../ui/form/form.module.css'
import type { Form } from '../../ui/form/useForm.ts'
import ui from '../../ui/ui.module.css'
import { type EventFields, emptyEvent, type RunwayFields } from './runway.view.ts'

export function RunwayDates({ form }: { form: Form<RunwayFields> }) {
  const { t } = useTranslation()
  return (
    <>
      <List
        title={t('runwayForm.events')}
        note={t('runwayForm.eventsNote')}
        add={t('runwayForm.addEvent')}
        rows={form.fields.events}
        empty={emptyEvent}
        onChange={(events) => form.set({ events })}
      >
        {(event, change) => <EventInputs event={event} change={change} />}
      </List>
      <List
        title={t('runwayForm.milestones')}
        note={t('runwayForm.milestonesNote')}
        add={t('runwayForm.addMilestone')}
        rows={form.fields.milestones}
        empty={{ name: '', date: '' }}
        onChange={(milestones) => form.set({ milestones })}
      >
        {(milestone, change) => <NameAndDate of={milestone} change={change} />}
      </List>
    </>
  )
}

interface ListProps<T extends { name: string }> {
  title: string
  note: string
  add: string
  rows: readonly T[]
  empty: T
  onChange(rows: T[]): void
  children: (row: T, change: (patch: Partial<T>) => void) => ReactNode
}

function List<T extends { name: string }>({
  title,
  note,
  add,
  rows,
  empty,
  onChange,
  children,
}: ListProps<T>) {
  const { t } = useTranslation()
  return (
    <fieldset className={css.group}>
      <legend>{title}</legend>
      <p className={ui.note}>{note}</p>
      {rows.map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name until one is typed
        <div key={i} className={css.entry}>
          <div className={css.line}>
            {children(row, (patch) => onChange(rows.map((one, k) => (k === i ? { ...one, ...patch } : one))))}
          </div>
          <Button
            size="xs"
            variant="subtle"
            aria-label={`${t('form.remove')}: ${row.name}`}
            onClick={() => onChange(rows.filter((_, k) => k !== i))}
          >
            {t('form.remove')}
          </Button>
        </div>
      ))}
      <div>
        <Button size="compact-xs" variant="default" onClick={() => onChange([...rows, empty])}>
          {add}
        </Button>
      </div>
    </fieldset>
  )
}

interface NameAndDateProps {
  of: { name: string; date: string }
  change(patch: { name?: string; date?: string }): void
}

function NameAndDate({ of, change }: NameAndDateProps) {
  const { t } = useTranslation()
  return (
    <>
      <TextInput
        size="xs"
        label={t('team.name')}
        value={of.name}
        onChange={({ currentTarget }) => change({ name: currentTarget.value })}
        maxLength={200}
        required
      />
      <TextInput
        size="xs"
        type="date"
        label={t('runwayForm.on')}
        value={of.date}
        onChange={({ currentTarget }) => change({ date: currentTarget.value })}
        required
      />
    </>
  )
}

function EventInputs({ event, change }: { event: EventFields; change(patch: Partial<EventFields>): void }) {
  const { t } = useTranslation()
  const amounts = [
    ['low', t('range.low')],
    ['mode', t('range.mode')],
    ['high', t('range.high')],
    ['chance', t('runwayForm.chance')],
  ] as const
  return (
    <>
      <NameAndDate of={event} change={change} />
      {amounts.map(([key, label]) => (
        <NumberInput
          key={key}
          size="xs"
          label={label}
          value={event[key]}
          onChange={(typed) => change({ [key]: typed })}
          hideControls
          required
        />
      ))}
    </>
  )
}
