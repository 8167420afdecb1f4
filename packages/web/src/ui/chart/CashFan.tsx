/** @file Simulated cash over the months: bands of what is likely, and the line at which there is none. */
import type { Runway } from '@capstan/api'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../useFormat.ts'
import { ChartFrame } from './ChartFrame.tsx'
import css from './chart.module.css'
import { bandPath, linearScale, linePath } from './scale.ts'
import { useSize } from './useSize.ts'

interface CashFanProps {
  title: ReactNode
  cash: number
  asOf: string
  fan: NonNullable<Runway['result']>['fan']
  height?: number
}

const ms = (date: string) => new Date(date).getTime()

export function CashFan({ title, cash, asOf, fan, height = 184 }: CashFanProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [ref, width] = useSize()
  const right = width - 4
  const start = { date: asOf, p05: cash, p25: cash, p50: cash, p75: cash, p95: cash }
  const months = [start, ...fan]
  const times = months.map(({ date }) => ms(date))
  const most = Math.max(...months.map(({ p95 }) => p95))
  const x = linearScale([Math.min(...times), Math.max(...times)], [4, right])
  const y = linearScale([0, most * 1.1 || 1], [height - 22, 8], 3)
  const line = (key: 'p05' | 'p25' | 'p50' | 'p75' | 'p95') =>
    months.map((month) => [x(ms(month.date)), y(Math.max(0, month[key]))] as const)
  return (
    <ChartFrame
      level={3}
      title={title}
      table={{
        columns: [t('chart.date'), '5 %', '50 %', '95 %'],
        rows: fan.map((f) => [format.date(f.date), ...[f.p05, f.p50, f.p95].map((v) => format.money(v))]),
      }}
    >
      <div ref={ref} className={css.canvas}>
        <svg width={width} height={height} role="img" aria-label={t('runway.chart')}>
          {y.ticks.map((tick) => (
            <g key={tick}>
              <line x1={0} x2={right} y1={y(tick)} y2={y(tick)} className={css.grid} />
              <text x={right} y={y(tick) - 4} textAnchor="end" className={css.tick}>
                {format.money(tick)}
              </text>
            </g>
          ))}
          <path d={bandPath(line('p95'), line('p05'))} className={css.band} />
          <path d={bandPath(line('p75'), line('p25'))} className={css.band} />
          <path d={linePath(line('p50'))} className={css.thin} />
          <line x1={0} x2={right} y1={y(0)} y2={y(0)} className={css.target} />
          <text x={4} y={height - 5} className={css.tick}>
            {format.day(asOf)}
          </text>
          <text x={right} y={height - 5} textAnchor="end" className={css.tick}>
            {format.day(months.at(-1)!.date)}
          </text>
        </svg>
      </div>
    </ChartFrame>
  )
}
