/** @file What a version was made from, and its training compute against the thresholds that rules name. */
import type { Version } from '@capstan/api'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { evidencePath } from '../../paths.ts'
import { capstan } from '../../server/client.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useSentence } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { LineageForm } from './LineageForm.tsx'

const lineage = (id: string) =>
  queryOptions({
    queryKey: ['versions', id, 'lineage'],
    queryFn: ({ signal }) => capstan().lineage.meter({ params: { id } }, signal),
  })

export function LineagePart({ version }: { version: Version }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const may = useMay()
  const query = useQuery(lineage(version.id))
  return (
    <QueryView query={query}>
      {(meter) => (
        <section>
          <div className={ui.subHead}>
            <h3 className={ui.sub}>{t('lineage.title')}</h3>
            {may('lineage', 'set') && (
              <FormAction label={t('lineageForm.open')} of={version.modelName}>
                {(close) => <LineageForm version={version} lineage={meter.lineage} onClose={close} />}
              </FormAction>
            )}
          </div>
          <p className={ui.note}>{sentence(meter.message)}</p>
          {meter.modified !== null && (
            <p className={ui.note}>
              {t('lineage.modified', { share: (meter.modified * 100).toPrecision(3) })}
            </p>
          )}
          <DataTable
            caption={t('lineage.title')}
            rows={meter.steps}
            keyOf={({ id }) => id}
            columns={[
              { key: 'name', head: t('lineage.model'), cell: ({ name }) => name },
              {
                key: 'whose',
                head: t('lineage.whose'),
                cell: ({ foreign }) => t(foreign ? 'lineage.foreign' : 'lineage.own'),
              },
              {
                key: 'flop',
                head: 'FLOP',
                right: true,
                cell: ({ flop, basis, evidence }) =>
                  flop === null ? (
                    t('lineage.unknown')
                  ) : (
                    <Figure
                      value={flop.toExponential(2)}
                      origin={basis === 'run' ? 'measured' : (meter.lineage?.origin ?? 'typed')}
                      href={evidence && evidencePath(evidence)}
                    />
                  ),
              },
            ]}
          />
        </section>
      )}
    </QueryView>
  )
}
