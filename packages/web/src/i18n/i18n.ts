/** @file Starts i18next with both catalogues and keeps the page's language attribute true. */
import i18next, { type i18n as I18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en.ts'
import { initialLanguage, type Language, storedLanguage, storeLanguage } from './language.ts'
import { zhCN } from './zh-CN.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en }
  }
}

export const i18n: I18n = i18next.createInstance()

export async function startI18n(): Promise<void> {
  i18n.on('languageChanged', (language) => {
    document.documentElement.lang = language
    storeLanguage(language as Language)
  })
  await i18n.use(initReactI18next).init({
    lng: initialLanguage(location.search, storedLanguage(), navigator.languages),
    fallbackLng: 'en',
    resources: { en: { translation: en }, 'zh-CN': { translation: zhCN } },
    interpolation: { escapeValue: false },
  })
}
