/** @file What each budget will have taken when its plan ends, and which will not hold. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { capstan } from '../../server/client.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'

const burnDown = () =>
  queryOptions({
    queryKey: ['budgets', 'burn-down'],
    queryFn: ({ signal }) => capstan().resources.burnDown({}, signal),
  })

const tones = { within: 'good', warning: 'watch', over: 'bad' } as const

/** @param names of initiatives and pools by their identifier */
export function BurnDownPart({ names }: { names: (id: string) => string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const query = useQuery(burnDown())
  return (
    <QueryView query={query}>
      {(all) => {
        const begun = all.filter(({ budget }) => budget.used > 0)
        return (
          begun.length > 0 && (
            <Panel title={t('burnDown.title')} aside={t('burnDown.aside')}>
              <DataTable
                caption={t('burnDown.title')}
                rows={begun}
                keyOf={({ budget }) => `${budget.initiativeId}-${budget.poolId}`}
                columns={[
                  {
                    key: 'initiative',
                    wide: true,
                    head: t('strategy.initiative'),
                    cell: ({ budget }) => names(budget.initiativeId),
                  },
                  { key: 'pool', head: t('resources.pool'), cell: ({ budget }) => names(budget.poolId) },
                  {
                    key: 'expected',
                    head: t('burnDown.expected'),
                    right: true,
                    cell: ({ budget, forecast }) => format.value(forecast.expected, budget.unit),
                  },
                  {
                    key: 'of',
                    head: t('burnDown.of'),
                    right: true,
                    cell: ({ budget }) => format.value(budget.amount, budget.unit),
                  },
                  {
                    key: 'state',
                    head: t('strategy.state'),
                    cell: ({ forecast }) => (
                      <span className={ui.chip}>
                        <StateMark
                          tone={tones[forecast.state]}
                          label={t(`burnDown.state.${forecast.state}`)}
                        />
                        {sentence(forecast.message)}
                      </span>
                    ),
                  },
                ]}
              />
            </Panel>
          )
        )
      }}
    </QueryView>
  )
}
