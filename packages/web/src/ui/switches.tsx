/** @file The two switches of the frame: language, and light or dark. */
import { UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import css from './frame.module.css'
import { MoonMark, SunMark } from './icons.tsx'

/** Each language is named in itself, whichever the page speaks. */
const languages = [
  ['en', 'EN'],
  ['zh-CN', '中文'],
] as const

export function LanguageSwitch() {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const choose = async (language: string) => {
    await i18n.changeLanguage(language)
    // Refusals and hints come from the server in the reader's language.
    await queries.invalidateQueries({ type: 'active' })
  }
  return (
    <fieldset className={css.languages} aria-label={t('frame.language')}>
      {languages.map(([code, name]) => (
        <UnstyledButton
          key={code}
          lang={code}
          aria-pressed={i18n.language === code}
          onClick={() => void choose(code)}
          className={css.language}
        >
          {name}
        </UnstyledButton>
      ))}
    </fieldset>
  )
}

export function ThemeSwitch() {
  const { t } = useTranslation()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const other = scheme === 'dark' ? 'light' : 'dark'
  return (
    <UnstyledButton
      className={css.theme}
      aria-label={t(`frame.${other}`)}
      title={t(`frame.${other}`)}
      onClick={() => setColorScheme(other)}
    >
      {scheme === 'dark' ? <SunMark /> : <MoonMark />}
    </UnstyledButton>
  )
}
