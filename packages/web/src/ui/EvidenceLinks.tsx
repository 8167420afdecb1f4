/** @file What something rests on, each one click away. */
import type { Evidence } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { evidencePath } from '../paths.ts'
import { AppLink } from './AppLink.tsx'
import css from './ui.module.css'

export function EvidenceLinks({ evidence }: { evidence: readonly Evidence[] }) {
  const { t } = useTranslation()
  if (evidence.length === 0) return null
  return (
    <div className={css.evidenceList}>
      <span className={css.unit}>{t('evidence.title')}</span>
      {evidence.map((one) => (
        <AppLink key={`${one.noun}/${one.id}`} href={evidencePath(one)} className={css.link} title={one.note}>
          {t(`evidence.${one.noun}`)}
        </AppLink>
      ))}
    </div>
  )
}
