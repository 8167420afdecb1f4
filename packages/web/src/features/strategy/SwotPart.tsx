/** @file Strengths, weaknesses, opportunities and threats, the weightiest first. */
import type { SwotEntry } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Rows } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { marketReads } from './market.queries.ts'

const kinds: readonly SwotEntry['kind'][] = ['strength', 'weakness', 'opportunity', 'threat']

export function SwotPart() {
  const { t } = useTranslation()
  const query = useQuery(marketReads.swot())
  return (
    <Panel title={t('swot.title')}>
      <QueryView query={query} empty={t('swot.none')}>
        {(entries) => (
          <div className={ui.two}>
            {kinds.map((kind) => (
              <section key={kind} aria-label={t(`swot.${kind}`)}>
                <h3 className={ui.sub}>{t(`swot.${kind}`)}</h3>
                <Rows
                  rows={entries
                    .filter((entry) => entry.kind === kind)
                    .sort((a, b) => b.weight - a.weight)
                    .map((entry) => ({
                      key: entry.id,
                      label: entry.link ? (
                        <AppLink href={pathOf(entry.link)} className={ui.link}>
                          {entry.text}
                        </AppLink>
                      ) : (
                        entry.text
                      ),
                      value: t('swot.weight', { weight: entry.weight }),
                    }))}
                />
              </section>
            ))}
          </div>
        )}
      </QueryView>
    </Panel>
  )
}

/** Where what an entry rests on is shown. */
function pathOf({ noun, id }: NonNullable<SwotEntry['link']>): string {
  if (noun === 'measure') return paths.measures(id)
  return noun === 'risk' ? paths.risk : `${paths.strategy}#${noun}-${id}`
}
