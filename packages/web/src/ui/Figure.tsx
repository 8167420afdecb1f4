/** @file A number with its unit, told apart by where it came from: measured, typed, demonstration, or forecast. */
import type { Origin } from '@capstan/api'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { AppLink } from './AppLink.tsx'
import { PenMark } from './icons.tsx'
import css from './ui.module.css'

interface FigureProps {
  value: ReactNode
  unit?: ReactNode
  /** Interval of a forecast or an estimate, already formatted. */
  interval?: string | null
  origin?: Origin
  /** Who typed the number. */
  by?: string
  href?: string | null
}

export function Figure({ value, unit, interval, origin = 'measured', by, href }: FigureProps) {
  const { t } = useTranslation()
  const className = origin === 'demonstration' ? css.demonstration : css.figure
  const title =
    origin === 'typed' ? t('origin.typedBy', { name: by ?? t('origin.someone') }) : t(`origin.${origin}`)
  const body = <span className={className}>{value}</span>
  return (
    <span className={css.quantity}>
      {href ? (
        <AppLink href={href} className={css.evidence} title={t('origin.follow')}>
          {body}
        </AppLink>
      ) : (
        <span title={title}>{body}</span>
      )}
      {unit ? <span className={css.unit}> {unit}</span> : null}
      {interval ? <span className={css.unit}> ({interval})</span> : null}
      {origin === 'typed' && (
        <span className={css.typed} title={title}>
          <PenMark />
          {by ?? <span className="visually-hidden">{title}</span>}
        </span>
      )}
    </span>
  )
}
