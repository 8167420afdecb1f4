/** @file Initiatives in the order of their quantified value, with RICE and WSJF beside it. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { DataTable } from '../../ui/DataTable.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { marketReads } from './market.queries.ts'

export function RankingPart() {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useQuery(marketReads.ranking())
  const scored = (score: number | null, rank: number | null) =>
    score === null || rank === null
      ? t('common.none')
      : t('ranking.scored', { score: format.number(score), rank })
  return (
    <QueryView query={query} empty={t('strategy.noInitiatives')}>
      {({ ranked, agreement }) =>
        ranked.length > 0 && (
          <Panel title={t('ranking.title')} aside={t('ranking.aside')}>
            <DataTable
              caption={t('ranking.title')}
              rows={ranked}
              keyOf={({ id }) => id}
              columns={[
                { key: 'rank', head: t('ranking.rank'), right: true, cell: ({ ranks }) => ranks.net },
                { key: 'name', head: t('strategy.initiative'), cell: ({ name }) => name },
                {
                  key: 'expected',
                  head: t('ranking.expected'),
                  right: true,
                  cell: ({ expected }) => format.money(expected),
                },
                { key: 'cost', head: t('ranking.cost'), right: true, cell: ({ cost }) => format.money(cost) },
                { key: 'net', head: t('ranking.net'), right: true, cell: ({ net }) => format.money(net) },
                {
                  key: 'rice',
                  head: 'RICE',
                  right: true,
                  cell: ({ rice, ranks }) => scored(rice, ranks.rice),
                },
                {
                  key: 'wsjf',
                  head: 'WSJF',
                  right: true,
                  cell: ({ wsjf, ranks }) => scored(wsjf, ranks.wsjf),
                },
              ]}
            />
            {(['rice', 'wsjf'] as const).map((by) => {
              const correlation = agreement[by]
              return (
                correlation !== null && (
                  <p key={by} className={ui.note}>
                    {t('ranking.agreement', {
                      by: by.toUpperCase(),
                      correlation: format.number(correlation),
                    })}
                  </p>
                )
              )
            })}
          </Panel>
        )
      }
    </QueryView>
  )
}
