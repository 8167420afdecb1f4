/** @file Formatting and sentences bound to the reader's language and the workspace's currency. */
import type { Message } from '@capstan/api'
import { render } from '@capstan/domain'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Language } from '../i18n/language.ts'
import { reads } from '../server/reads.ts'
import { createFormat, type Format } from './format.ts'

export function useFormat(): Format {
  const language = useTranslation().i18n.language as Language
  const currency = useCurrency()
  return useMemo(() => createFormat(language, currency), [language, currency])
}

function useCurrency(): string {
  return useQuery({ ...reads.workspace(), staleTime: 60_000 }).data?.currency ?? 'CNY'
}

/** Renders a server's message; a code newer than this page is shown as it is rather than hidden. */
export function useSentence(): (message: Message) => string {
  const language = useTranslation().i18n.language as Language
  const currency = useCurrency()
  return useMemo(
    () => (message) => {
      try {
        return render(message as Parameters<typeof render>[0], language, { currency })
      } catch {
        return `${message.code} ${Object.values(message.values).join(', ')}`.trim()
      }
    },
    [language, currency],
  )
}
