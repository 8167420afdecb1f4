/** @file The page for an address that leads nowhere. */
import { useTranslation } from 'react-i18next'
import { paths } from '../paths.ts'
import { AppLink } from './AppLink.tsx'
import { PageHead } from './PageHead.tsx'
import css from './ui.module.css'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <>
      <PageHead title={t('notFound.title')} lead={t('notFound.lead')} />
      <AppLink href={paths.loop} className={css.link}>
        {t('notFound.back')}
      </AppLink>
    </>
  )
}
