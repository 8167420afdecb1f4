/** @file One allocation: what was chosen and when, the limits that bind, what lost and why. */
import type { Allocation } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Facts, Rows } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import css from './resources.module.css'
import { barsOf, fill } from './resources.view.ts'

export function AllocationPart({ allocation }: { allocation: Allocation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const initiatives = useQuery(reads.initiatives()).data ?? []
  const name = (id: string) => initiatives.find((one) => one.id === id)?.name ?? id
  const { result } = allocation
  const facts = [
    { key: 'value', label: t('resources.expectedValue'), value: format.money(result.expectedValue) },
    { key: 'cvar', label: t('resources.cvar'), value: format.money(result.cvar) },
    { key: 'objective', label: t('resources.objective'), value: format.money(result.objective) },
    { key: 'solution', label: t('resources.solution'), value: t(`resources.status.${result.status}`) },
    { key: 'gap', label: t('resources.gap'), value: format.percent(result.gap, 2) },
    { key: 'lambda', label: t('resources.lambda'), value: format.number(allocation.lambda) },
    { key: 'solved', label: t('resources.solved'), value: format.seconds(allocation.solvedInMs / 1000) },
  ]
  return (
    <Panel
      id="allocation"
      title={t('resources.allocation')}
      aside={`${t(`allocationState.${allocation.state}`)} · ${format.dateTime(allocation.createdAt)}`}
    >
      <div className={ui.stack}>
        <p>{sentence(result.explanation)}</p>
        <Facts rows={facts} />
        <Timeline allocation={allocation} />
        <div className={ui.two}>
          <Binding allocation={allocation} />
          <section>
            <h3 className={css.sub}>{t('resources.lost')}</h3>
            <Rows
              rows={result.rejected.map(({ initiativeId, reason }) => ({
                key: initiativeId,
                label: (
                  <AppLink href={paths.strategy} className={ui.link}>
                    {name(initiativeId)}
                  </AppLink>
                ),
                value: <span className={ui.note}>{sentence(reason)}</span>,
              }))}
            />
            {result.runnerUp && (
              <p className={css.runnerUp}>
                {t('resources.runnerUp', {
                  names:
                    result.runnerUp.chosen.map((one) => name(one.initiativeId)).join(', ') ||
                    t('resources.nothing'),
                })}{' '}
                {sentence(result.runnerUp.reason)}
              </p>
            )}
            {result.conflict?.map((message) => (
              <p key={sentence(message)}>{sentence(message)}</p>
            ))}
          </section>
        </div>
      </div>
    </Panel>
  )
}

function Binding({ allocation }: { allocation: Allocation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const pools = useQuery(reads.pools()).data ?? []
  const rows = allocation.result.binding.map((limit) => {
    const pool = pools.find(({ id }) => id === limit.poolId)
    return {
      key: `${limit.poolId}-${limit.period}`,
      label: t('resources.limit', { pool: pool?.name ?? limit.poolId, period: limit.period + 1 }),
      value: t('resources.shadow', {
        price: format.money(limit.shadowPrice),
        unit: pool ? (pool.kind === 'cash' ? t('loop.oneUnit') : format.unitName(pool.unit, 1)) : '',
      }),
    }
  })
  return (
    <section>
      <h3 className={css.sub}>{t('resources.binding')}</h3>
      {rows.length === 0 ? <p className={ui.note}>{t('resources.nothingBinds')}</p> : <Rows rows={rows} />}
    </section>
  )
}

/** Periods from left to right: bars of what runs, then how full each pool is. */
function Timeline({ allocation }: { allocation: Allocation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const initiatives = useQuery(reads.initiatives()).data ?? []
  const pools = useQuery(reads.pools()).data ?? []
  const periods = Array.from({ length: allocation.periods }, (_, i) => i)
  return (
    <div className={ui.scroll}>
      <table className={css.gantt}>
        <caption className="visually-hidden">{t('resources.timeline')}</caption>
        <thead>
          <tr>
            <td />
            {periods.map((period) => (
              <th key={period} scope="col">
                {t('resources.period', { n: period + 1 })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {barsOf(allocation, initiatives).map((bar) => (
            <tr key={bar.id}>
              <th scope="row">{bar.name}</th>
              {periods.map((period) => (
                <td key={period} data-runs={period >= bar.start && period < bar.start + bar.length}>
                  <span className="visually-hidden">
                    {period >= bar.start && period < bar.start + bar.length
                      ? t('resources.runs')
                      : t('common.none')}
                  </span>
                </td>
              ))}
            </tr>
          ))}
          {pools.map((pool) => (
            <tr key={pool.id}>
              <th scope="row">
                {pool.name} <span className={css.unit}>{format.quantity(2, pool.unit).unit}</span>
              </th>
              {periods.map((period) => {
                const use = allocation.result.usage.find((u) => u.poolId === pool.id && u.period === period)
                const share = use ? fill(use) : 0
                return (
                  <td key={period}>
                    <span className={css.use} style={{ '--share': `${share * 100}%` } as React.CSSProperties}>
                      {use
                        ? t('resources.usage', {
                            used: format.quantity(use.used, pool.unit).text,
                            all: format.quantity(use.capacity, pool.unit).text,
                          })
                        : t('common.none')}
                    </span>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
