/** @file The plan as it was made and as it stands: chance, budget and risk in two columns. */
import type { Loop } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { Figure } from '../../ui/Figure.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import css from './loop.module.css'
import { type Change, changesOf } from './loop.view.ts'

export function PlanPanel({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const single = loop.keyResults.some(({ forecast }) => forecast.basis === 'single')
  return (
    <Panel title={t('plan.title')}>
      <table className={css.plan}>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('plan.before')}</th>
            <td />
            <th scope="col">{t('plan.now')}</th>
          </tr>
        </thead>
        <tbody>
          {changesOf(loop).map((change) => (
            <tr key={change.key}>
              <th scope="row">{change.name ?? t(`plan.${change.kind}`)}</th>
              <td>
                <Side change={change} side="before" />
              </td>
              <td aria-hidden="true">
                <Arrow moved={change.now !== null && change.before !== change.now} />
              </td>
              <td>
                <Side change={change} side="now" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {single && <p className={css.under}>{t('loop.single')}</p>}
    </Panel>
  )
}

function Side({ change, side }: { change: Change; side: 'before' | 'now' }) {
  const { t } = useTranslation()
  const format = useFormat()
  const value = change[side]
  if (value === null) return <span className={css.quiet}>{t('plan.unknown')}</span>
  const interval = side === 'now' ? change.nowInterval : change.beforeInterval
  const shown = show(change, value)
  const unit = change.kind === 'compute' && change.unit ? format.unitName(change.unit) : shown.unit
  return (
    <Figure
      value={shown.text}
      unit={change.of === undefined ? unit : t('loop.ofUnit', { n: format.number(change.of), unit })}
      interval={interval && rangeOf(interval)}
      href={side === 'now' ? change.href : null}
    />
  )

  /** An interval that rounds to one number says nothing beside it. */
  function rangeOf(interval: readonly [number, number]): string | null {
    const range = format.percentRange(interval)
    return range.includes('–') ? range : null
  }

  function show({ kind, unit }: Change, value: number) {
    if (kind === 'chance' || kind === 'keyResult') return { text: format.percentNumber(value), unit: '%' }
    if (kind === 'loss' || kind === 'badYear' || kind === 'cost')
      return { text: format.money(value), unit: '' }
    return format.quantity(value, unit ?? '')
  }
}

function Arrow({ moved }: { moved: boolean }) {
  return (
    <svg
      width="28"
      height="10"
      viewBox="0 0 28 10"
      aria-hidden="true"
      className={css.arrow}
      data-moved={moved}
    >
      <path d={moved ? 'M1 5H26M22 1.5L26 5 22 8.5' : 'M1 5H27'} />
    </svg>
  )
}
