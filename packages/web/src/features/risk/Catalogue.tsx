/** @file The catalogue of AI risks to start from, each added to the register by one click. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Language } from '../../i18n/language.ts'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import css from './risk.module.css'
import { useFromCatalogue } from './risk.queries.ts'
import { referencesBySource } from './risk.view.ts'

export function Catalogue() {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const language = i18n.language as Language
  const catalogue = useQuery(reads.riskCatalogue(language))
  const add = useFromCatalogue()
  const may = useMay()
  return (
    <>
      <p className={css.lead}>{t('risks.catalogueLead')}</p>
      {add.isError && <ErrorNote error={add.error} />}
      <QueryView query={catalogue}>
        {(all) => (
          <DataTable
            caption={t('risks.catalogue')}
            rows={all}
            keyOf={({ key }) => key}
            columns={[
              {
                key: 'name',
                head: t('risk.risk'),
                wide: true,
                cell: ({ name, description }) => (
                  <>
                    {name}
                    <div className={ui.note}>{description}</div>
                  </>
                ),
              },
              {
                key: 'frequency',
                head: t('risk.frequency'),
                right: true,
                cell: ({ frequency }) => (
                  <Figure
                    value={`${format.number(frequency.low)}–${format.number(frequency.high)}`}
                    origin="demonstration"
                  />
                ),
              },
              {
                key: 'loss',
                head: t('risk.loss'),
                right: true,
                cell: ({ loss }) => (
                  <Figure
                    value={`${format.money(loss.low)}–${format.money(loss.high)}`}
                    origin="demonstration"
                  />
                ),
              },
              {
                key: 'references',
                head: t('risks.references'),
                wide: true,
                cell: ({ references }) =>
                  referencesBySource(references).map(([source, numbers]) => (
                    <div key={source} className={ui.note}>
                      {t(`risks.source.${source}`)} {numbers.join(', ')}
                    </div>
                  )),
              },
              {
                key: 'add',
                head: '',
                cell: ({ key, riskId }) =>
                  riskId ? (
                    t('risks.added')
                  ) : may('risk', 'fromCatalogue') ? (
                    <Button
                      size="compact-xs"
                      variant="default"
                      loading={add.isPending && add.variables?.key === key}
                      onClick={() => add.mutate({ key, language })}
                    >
                      {t('risks.add')}
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </QueryView>
    </>
  )
}
