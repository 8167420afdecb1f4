/** @file What a task can be linked to: the newest runs, model versions and data sets. */
import type { Evidence } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { keyOfLink } from './task.view.ts'

const RUNS = 50

export function useLinkOptions(known: readonly Evidence[]) {
  const { t } = useTranslation()
  const runs = useQuery(reads.runs()).data ?? []
  const models = useQuery(reads.models()).data ?? []
  const option = (noun: 'run' | 'version' | 'dataset', id: string, name: string) => ({
    value: keyOfLink({ noun, id }),
    label: `${t(`evidence.${noun}`)} ${name}`,
  })
  const options = [
    ...models.flatMap(({ name, versions }) =>
      versions.map(({ id, number }) => option('version', id, `${name} v${number}`)),
    ),
    ...runs.slice(0, RUNS).map(({ id, number, name }) => option('run', id, `${number}, ${name}`)),
  ]
  const others = known
    .filter((link) => !options.some(({ value }) => value === keyOfLink(link)))
    .map((link) => ({ value: keyOfLink(link), label: `${t(`evidence.${link.noun}`)} ${link.id}` }))
  return [...options, ...others]
}
