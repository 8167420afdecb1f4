/** @file Which language the page speaks: the address, then what was chosen before, then the browser's. */
export type Language = 'en' | 'zh-CN'

const KEY = 'capstan.language'

export const languageOf = (tag: string | null | undefined): Language | null => {
  if (!tag) return null
  const primary = tag.toLowerCase().split(/[-_.]/)[0]
  return primary === 'zh' ? 'zh-CN' : primary === 'en' ? 'en' : null
}

export const initialLanguage = (
  search: string,
  stored: string | null,
  browser: readonly string[],
): Language =>
  languageOf(new URLSearchParams(search).get('lang')) ??
  languageOf(stored) ??
  browser.map(languageOf).find((language) => language !== null) ??
  'en'

export const storedLanguage = (): string | null => {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

export const storeLanguage = (language: Language): void => {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // A browser that keeps nothing still shows the page in the language chosen.
  }
}
