/** @file The four phases beside the wheel: each with its state and its two or three live numbers. */
import type { Loop } from '@capstan/api'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { keyResultState, keyResultTone } from '../../ui/keyResult.ts'
import { type Row, Rows } from '../../ui/Rows.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import css from './loop.module.css'
import { computeUse, dearestLimit, indicatorCounts, indicatorTone, sourceOf } from './loop.view.ts'
import type { PhaseKey } from './wheel.view.ts'

const numbers = { strategy: 1, resources: 2, team: 3, risk: 4 } as const
const hrefs = {
  strategy: paths.strategy,
  resources: paths.resources,
  team: paths.team,
  risk: paths.risk,
} as const

function Phase({ name, loop, rows }: { name: PhaseKey; loop: Loop; rows: Row[] }) {
  const { t } = useTranslation()
  const state = loop.phases[name]
  return (
    <section className={css.phase} data-phase={name}>
      <h2>
        <AppLink href={hrefs[name]}>
          <span className={css.phaseNumber}>{numbers[name]}</span> {t(`phase.${name}`)}
        </AppLink>
        <span className={css.phaseState} data-state={state}>
          {t(`phaseState.${state}`)}
        </span>
      </h2>
      <Rows rows={rows} />
    </section>
  )
}

export function StrategyPanel({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const format = useFormat()
  const funded = loop.initiatives.filter(({ state }) => state === 'funded' || state === 'done').length
  const rows: Row[] = loop.keyResults.map((keyResult) => {
    const { latest, unit } = keyResult.measure
    const state = keyResultState(keyResult)
    const value = latest && format.quantity(latest.value, unit)
    return {
      key: keyResult.id,
      label: (
        <>
          <StateMark tone={keyResultTone[state]} label={t(`keyResultState.${state}`)} />
          <span>{keyResult.title}</span>
        </>
      ),
      value: value ? (
        <Figure
          value={value.text}
          unit={value.unit}
          origin={latest.origin}
          href={sourceOf(latest.evidence)}
        />
      ) : (
        <Nothing text={t('loop.notMeasured')} />
      ),
    }
  })
  rows.push({
    key: 'funded',
    label: t('loop.funded'),
    value: (
      <Figure
        value={format.integer(funded)}
        unit={t('loop.of', { n: format.integer(loop.initiatives.length) })}
        href={paths.strategy}
      />
    ),
  })
  return <Phase name="strategy" loop={loop} rows={rows} />
}

export function ResourcesPanel({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const format = useFormat()
  const compute = computeUse(loop)
  const limit = dearestLimit(loop)
  const rows: Row[] = []
  if (compute)
    rows.push(
      {
        key: 'compute',
        label: t('loop.computeUsed'),
        value: (
          <Figure
            value={format.number(compute.used)}
            unit={t('loop.ofUnit', {
              n: format.number(compute.amount),
              unit: format.unitName(compute.unit),
            })}
            href={paths.resources}
          />
        ),
      },
      {
        key: 'cost',
        label: t('loop.computeCost'),
        value: <Figure value={format.money(compute.cost)} href={paths.resources} />,
      },
    )
  if (limit)
    rows.push({
      key: 'limit',
      label: t('loop.oneMore', {
        unit: unitKey(limit.pool.unit) === 'money' ? t('loop.oneUnit') : format.unitName(limit.pool.unit, 1),
        pool: limit.pool.name,
      }),
      value: (
        <Figure
          value={`+ ${format.money(limit.shadowPrice)}`}
          origin={limit.pool.origin}
          href={paths.resources}
        />
      ),
    })
  else if (loop.allocation)
    rows.push({ key: 'limit', label: t('loop.binding'), value: <Nothing text={t('loop.noneBinds')} /> })
  else rows.push({ key: 'none', label: t('loop.allocation'), value: <Nothing text={t('loop.notSolved')} /> })
  return <Phase name="resources" loop={loop} rows={rows} />
}

export function TeamPanel({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const format = useFormat()
  const open = loop.approvals.filter(({ state }) => state === 'open').length
  const rows: Row[] = [
    {
      key: 'tasks',
      label: t('loop.tasksDone'),
      value: (
        <Figure
          value={format.integer(loop.tasks.done)}
          unit={t('loop.of', { n: format.integer(loop.tasks.all) })}
          href={paths.team}
        />
      ),
    },
    {
      key: 'approvals',
      label: t('loop.approvalsOpen'),
      value: <Figure value={format.integer(open)} href={paths.team} />,
    },
    {
      key: 'members',
      label: t('loop.members'),
      value: (
        <Figure
          value={format.integer(loop.members.length)}
          href={paths.team}
          origin={
            loop.members.some(({ origin }) => origin === 'demonstration') ? 'demonstration' : 'measured'
          }
        />
      ),
    },
  ]
  return <Phase name="team" loop={loop} rows={rows} />
}

export function RiskPanel({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const format = useFormat()
  const today = loop.simulations[0]
  const counts = indicatorCounts(loop)
  const origin = loop.workspace.demonstration ? 'demonstration' : 'measured'
  const rows: Row[] = today
    ? [
        {
          key: 'ale',
          label: t('loop.expectedLoss'),
          value: (
            <Figure
              value={format.money(today.ale)}
              interval={`± ${format.money(1.96 * today.aleError)}`}
              origin={origin}
              href={paths.risk}
            />
          ),
        },
        {
          key: 'var95',
          label: t('loop.badYear'),
          value: <Figure value={format.money(today.var95)} origin={origin} href={paths.risk} />,
        },
      ]
    : [{ key: 'none', label: t('loop.expectedLoss'), value: <Nothing text={t('loop.notSimulated')} /> }]
  if (counts.all > 0)
    rows.push({
      key: 'indicators',
      label: (
        <>
          <StateMark tone={indicatorTone(counts)} label={t('loop.indicatorsAlarm')} />
          <span>{t('loop.indicatorsAlarm')}</span>
        </>
      ),
      value: (
        <Figure
          value={format.integer(counts.red + counts.amber)}
          unit={t('loop.of', { n: format.integer(counts.all) })}
          href={paths.risk}
        />
      ),
    })
  return <Phase name="risk" loop={loop} rows={rows} />
}

const Nothing = ({ text }: { text: string }): ReactNode => <span className={css.quiet}>{text}</span>

const units = ['min', 'day'] as const
/** Units with a word of their own in the catalogues; money and others are named by their symbol. */
const unitKey = (unit: string): 'min' | 'day' | 'money' => units.find((known) => known === unit) ?? 'money'
