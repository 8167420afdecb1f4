/** @file An editor for a design that the server traces and checks, prefilled with a listing that does not fit. */
import type { DesignSummary } from '@capstan/api'
import { Button, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { StateMark } from '../../ui/icons.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useCheckDesign } from './designs.queries.ts'
import { fittingInputs, listingText, publishedListing, withInputs } from './listing.ts'

export function CheckPart({ summary }: { summary: (summary: DesignSummary) => ReactNode }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [text, setText] = useState(() => listingText(publishedListing))
  const check = useCheckDesign()
  const mend = () => {
    const mended = withInputs(text, fittingInputs)
    setText(mended)
    check.mutate(mended)
  }
  const canMend = check.isError && text === listingText(publishedListing)
  return (
    <div className={ui.stack}>
      <p className={ui.note}>{t('designs.checkLead')}</p>
      <Textarea
        aria-label={t('designs.source')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
        minRows={8}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--font-mono)', fontSize: 12, lineHeight: '18px' } }}
      />
      <div className={ui.buttons}>
        <Button size="compact-sm" loading={check.isPending} onClick={() => check.mutate(text)}>
          {t('designs.checkNow')}
        </Button>
        {canMend && (
          <Button size="compact-sm" variant="default" onClick={mend}>
            {t('designs.use', { inputs: format.integer(fittingInputs) })}
          </Button>
        )}
      </div>
      <div aria-live="polite">
        {check.isError && <ErrorNote error={check.error} />}
        {check.data && (
          <div className={ui.stack}>
            <p className={ui.chip}>
              <StateMark tone="good" label={t('designs.fits')} />
              {t('designs.fits')}
            </p>
            {summary(check.data)}
          </div>
        )}
      </div>
    </div>
  )
}
