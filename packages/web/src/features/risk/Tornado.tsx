/** @file The tornado: how far each uncertain input moves the expected loss, widest first. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import css from './risk.module.css'
import { tornadoSpans } from './risk.view.ts'

const SHOWN = 12

export function Tornado() {
  const { t } = useTranslation()
  const format = useFormat()
  const bars = useQuery(reads.tornado())
  const risks = useQuery(reads.risks()).data ?? []
  const ale = risks.reduce((sum, { now }) => sum + now.ale, 0)
  const nameOf = (id: string) => risks.find((risk) => risk.id === id)?.name ?? id
  return (
    <QueryView query={bars} empty={t('risks.noBars')}>
      {(all) => (
        <>
          <p className={css.lead}>{t('risks.tornadoLead')}</p>
          <DataTable
            caption={t('risks.tornado')}
            rows={tornadoSpans(all.slice(0, SHOWN), ale)}
            keyOf={({ bar }) => `${bar.riskId}-${bar.input}`}
            columns={[
              { key: 'risk', head: t('risk.risk'), cell: ({ bar }) => nameOf(bar.riskId) },
              { key: 'input', head: '', cell: ({ bar }) => t(`risks.input.${bar.input}`) },
              { key: 'low', head: '', right: true, cell: ({ bar }) => format.money(bar.low.ale) },
              {
                key: 'bar',
                head: format.money(ale),
                cell: ({ bar, from, to, middle }) => (
                  <span
                    className={css.track}
                    role="img"
                    aria-label={t('risks.tornadoBar', {
                      risk: nameOf(bar.riskId),
                      input: t(`risks.input.${bar.input}`),
                      low: format.money(bar.low.ale),
                      high: format.money(bar.high.ale),
                    })}
                  >
                    <span
                      className={css.span}
                      style={{ left: `${from * 100}%`, width: `${Math.max(0.5, (to - from) * 100)}%` }}
                    />
                    <span className={css.middle} style={{ left: `${middle * 100}%` }} />
                  </span>
                ),
              },
              { key: 'high', head: '', cell: ({ bar }) => format.money(bar.high.ale) },
            ]}
          />
        </>
      )}
    </QueryView>
  )
}
