/** @file Several of a few choices, all of them in sight. */
import { Checkbox } from '@mantine/core'
import css from './form.module.css'

interface ChecksProps<T extends string> {
  label: string
  note?: string
  choices: readonly { value: T; label: string }[]
  value: readonly T[]
  onChange(value: T[]): void
}

export function Checks<T extends string>({ label, note, choices, value, onChange }: ChecksProps<T>) {
  return (
    <Checkbox.Group
      className={css.wide}
      size="xs"
      label={label}
      description={note}
      value={[...value]}
      onChange={(chosen) => onChange(chosen as T[])}
    >
      <div className={css.checks}>
        {choices.map((choice) => (
          <Checkbox key={choice.value} size="xs" {...choice} />
        ))}
      </div>
    </Checkbox.Group>
  )
}
