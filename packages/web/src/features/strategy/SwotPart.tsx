/** @file Strengths, weaknesses, opportunities and threats, the weightiest first. */
import type { SwotEntry } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Rows } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useMay } from '../../ui/useMay.ts'
import { marketReads, useRemoveSwot } from './market.queries.ts'
import { swotKinds } from './market.view.ts'
import { SwotForm } from './SwotForm.tsx'

export function SwotPart() {
  const { t } = useTranslation()
  const query = useQuery(marketReads.swot())
  const may = useMay()
  const remove = useRemoveSwot()
  return (
    <Panel
      title={t('swot.title')}
      aside={
        may('market', 'addSwot') && (
          <FormAction label={t('swotForm.add')}>
            {(close) => <SwotForm entry={null} onClose={close} />}
          </FormAction>
        )
      }
    >
      <QueryView query={query} empty={t('swot.none')}>
        {(entries) => (
          <div className={ui.two}>
            {swotKinds.map((kind) => (
              <section key={kind} aria-label={t(`swot.${kind}`)}>
                <h3 className={ui.sub}>{t(`swot.${kind}`)}</h3>
                <Rows
                  rows={entries
                    .filter((entry) => entry.kind === kind)
                    .sort((a, b) => b.weight - a.weight)
                    .map((entry) => ({
                      key: entry.id,
                      label: (
                        <span>
                          {entry.link ? (
                            <AppLink href={pathOf(entry.link)} className={ui.link}>
                              {entry.text}
                            </AppLink>
                          ) : (
                            entry.text
                          )}
                          {entry.note && <div className={ui.note}>{entry.note}</div>}
                        </span>
                      ),
                      value: (
                        <RowActions>
                          <span>{t('swot.weight', { weight: entry.weight })}</span>
                          {may('market', 'editSwot') && (
                            <>
                              <FormAction label={t('form.edit')} of={entry.text} quiet>
                                {(close) => <SwotForm entry={entry} onClose={close} />}
                              </FormAction>
                              <RemoveAction name={entry.text} id={entry.id} write={remove} />
                            </>
                          )}
                        </RowActions>
                      ),
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
