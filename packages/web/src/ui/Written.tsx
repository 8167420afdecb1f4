/** @file What a person wrote, as the server turned it into HTML that can do nothing. */
import css from './ui.module.css'

export function Written({ html }: { html: string }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: the server escapes all markup but Markdown's, and tests that it does
  return <div className={css.written} dangerouslySetInnerHTML={{ __html: html }} />
}
