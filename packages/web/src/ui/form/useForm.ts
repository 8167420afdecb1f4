/** @file The state of a form over a record: what was typed, and whether somebody else changed the record meanwhile. */
import { type ChangeEvent, useState } from 'react'
import { changed, merged } from './fields.ts'

export interface Revised {
  revision?: number
}

type Keys<F, T> = { [K in keyof F]: F[K] extends T ? K : never }[keyof F]
type Input = ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>

export interface Form<F extends object> {
  fields: F
  set(patch: Partial<F>): void
  /** Props of an input that holds a text; its name is that of the field, which a refusal may name. */
  text(key: Keys<F, string>): { size: 'xs'; name: string; value: string; onChange(event: Input): void }
  /** Props of an input that hands over its value. */
  value<K extends keyof F>(key: K): { size: 'xs'; name: string; value: F[K]; onChange(value: F[K]): void }
  /** Props of a checkbox. */
  check(key: Keys<F, boolean>): { size: 'xs'; checked: boolean; onChange(event: Input): void }
  /** Of the record that this form began from. */
  revision: number
  /** The record has been changed since, by somebody else. */
  stale: boolean
  takeTheirs(): void
  keepMine(): void
  /** What a body made of the fields holds that is not as it was. */
  changes<B extends object>(bodyOf: (fields: F) => B): Partial<B>
}

/** @param record the newest known; null for a new one */
export function useForm<F extends object, R extends Revised>(
  record: R | null,
  fieldsOf: (record: R | null) => F,
): Form<F> {
  const [base, setBase] = useState(record)
  const [fields, setFields] = useState(() => fieldsOf(record))
  const set = (patch: Partial<F>) => setFields((before) => ({ ...before, ...patch }))
  const begin = (next: F) => {
    setBase(record)
    setFields(next)
  }
  const read = <T>(key: keyof F) => fields[key] as T
  return {
    fields,
    set,
    text: (key) => ({
      size: 'xs',
      name: String(key),
      value: read<string>(key),
      onChange: ({ currentTarget }) => set({ [key]: currentTarget.value } as Partial<F>),
    }),
    value: (key) => ({
      size: 'xs',
      name: String(key),
      value: fields[key],
      onChange: (value) => set({ [key]: value } as unknown as Partial<F>),
    }),
    check: (key) => ({
      size: 'xs',
      checked: read<boolean>(key),
      onChange: ({ currentTarget }) =>
        set({ [key]: (currentTarget as HTMLInputElement).checked } as Partial<F>),
    }),
    revision: base?.revision ?? 1,
    stale: record !== null && base !== null && record.revision !== base.revision,
    takeTheirs: () => begin(fieldsOf(record)),
    keepMine: () => begin(merged(fields, fieldsOf(base), fieldsOf(record))),
    changes: (bodyOf) => changed(bodyOf(fields), bodyOf(fieldsOf(base))),
  }
}
