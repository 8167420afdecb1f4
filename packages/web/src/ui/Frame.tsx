/** @file The frame around every page: navigation at the left, or behind a button on a phone. */
import { Drawer, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { paths } from '../paths.ts'
import { connectionStore } from '../server/live.ts'
import { AppLink } from './AppLink.tsx'
import css from './frame.module.css'
import { CapstanMark, MenuMark } from './icons.tsx'
import { Navigation } from './Navigation.tsx'
import { LanguageSwitch, ThemeSwitch } from './switches.tsx'

export function Frame() {
  const { t } = useTranslation()
  const [open, drawer] = useDisclosure(false)
  const path = useLocation({ select: (location) => location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of page closes the drawer
  useEffect(() => drawer.close(), [path])
  return (
    <div className={css.frame}>
      <a className={css.skip} href="#main">
        {t('frame.skip')}
      </a>
      <header className={css.top}>
        <UnstyledButton aria-label={t('frame.menu')} onClick={drawer.open} className={css.menu}>
          <MenuMark />
        </UnstyledButton>
        <Brand />
        <div className={css.switches}>
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <div className={css.side}>
        <Brand />
        <Navigation />
        <div className={css.foot}>
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </div>
      <Drawer opened={open} onClose={drawer.close} size={264} title={t('frame.menu')} padding="md">
        <Navigation />
      </Drawer>
      <main id="main" className={css.main} tabIndex={-1}>
        <LostServer />
        <Outlet />
      </main>
    </div>
  )
}

function Brand() {
  return (
    <AppLink href={paths.loop} className={css.brand}>
      <CapstanMark />
      <span translate="no">{BRAND}</span>
    </AppLink>
  )
}

const BRAND = 'Capstan'

function LostServer() {
  const { t } = useTranslation()
  const connection = useSyncExternalStore(connectionStore.subscribe, connectionStore.get)
  return (
    <div aria-live="polite">{connection === 'lost' && <p className={css.lost}>{t('frame.lost')}</p>}</div>
  )
}
