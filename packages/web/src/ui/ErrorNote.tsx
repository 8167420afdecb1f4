/** @file An error as the server says it: the message with its code, then the next step. */
import { ApiError, CapstanError } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import type { Language } from '../i18n/language.ts'
import css from './ui.module.css'

export function ErrorNote({ error }: { error: unknown }) {
  const { message, hint, code } = wordsOf(error, useTranslation().i18n.language as Language)
  return (
    <div className={css.error} role="alert">
      <strong>{message}</strong> {code && <code className={css.code}>{code}</code>}
      {hint && <p>{hint}</p>}
    </div>
  )
}

function wordsOf(error: unknown, language: Language): { message: string; hint: string; code?: string } {
  if (error instanceof ApiError) return error.body
  if (error instanceof CapstanError) return error.body(language)
  return { message: error instanceof Error ? error.message : String(error), hint: '' }
}
