/** @file What a version was made from, and its training compute against the thresholds that rules name. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { evidencePath } from '../../paths.ts'
import { capstan } from '../../server/client.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useSentence } from '../../ui/useFormat.ts'

const lineage = (id: string) =>
  queryOptions({
    queryKey: ['versions', id, 'lineage'],
    queryFn: ({ signal }) => capstan().lineage.meter({ params: { id } }, signal),
  })

export function LineagePart({ versionId }: { versionId: string }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const query = useQuery(lineage(versionId))
  return (
    <QueryView query={query}>
      {(meter) => (
        <section>
          <h3 className={ui.sub}>{t('lineage.title')}</h3>
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
