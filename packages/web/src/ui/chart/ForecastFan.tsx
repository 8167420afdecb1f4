/** @file A measure's history and its forecast to the due date, against the target. */
import type { Forecast, Point } from '@capstan/api'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../useFormat.ts'
import { ChartFrame } from './ChartFrame.tsx'
import css from './chart.module.css'
import { bandPath, linearScale, linePath } from './scale.ts'
import { useSize } from './useSize.ts'

interface ForecastFanProps {
  title: ReactNode
  aside?: ReactNode
  unit: string
  points: readonly Point[]
  forecast: Forecast
  target: number
  due: string
  height?: number
}

const ms = (instant: string) => new Date(instant).getTime()

export function ForecastFan(props: ForecastFanProps) {
  const { title, aside, unit, points, forecast, target, due, height = 184 } = props
  const { t } = useTranslation()
  const format = useFormat()
  const [ref, width] = useSize()
  const { fan } = forecast
  const right = width - 4
  const times = [...points.map((p) => ms(p.at)), ...fan.map((f) => ms(f.at)), ms(due)]
  const values = [...points.map((p) => p.value), ...fan.flatMap((f) => [f.p05, f.p95]), target]
  const pad = (Math.max(...values) - Math.min(...values)) * 0.12 || Math.abs(target) * 0.02
  const x = linearScale([Math.min(...times), Math.max(...times)], [4, right])
  const y = linearScale([Math.min(...values) - pad, Math.max(...values) + pad], [height - 22, 8], 3)
  const line = (key: 'p05' | 'p25' | 'p50' | 'p75' | 'p95') =>
    fan.map((f) => [x(ms(f.at)), y(f[key])] as const)
  const last = points.at(-1)
  return (
    <ChartFrame
      level={3}
      title={title}
      aside={aside}
      table={{
        columns: [t('chart.date'), '5 %', '50 %', '95 %'],
        rows: [
          ...points.map((p) => [format.dateTime(p.at), '', format.value(p.value, unit), '']),
          ...fan.map((f) => [format.date(f.at), ...[f.p05, f.p50, f.p95].map((v) => format.value(v, unit))]),
        ],
      }}
    >
      <div ref={ref} className={css.canvas}>
        <svg width={width} height={height} role="img" aria-label={t('chart.fanLabel')}>
          {y.ticks.map((tick) => (
            <g key={tick}>
              <line x1={0} x2={right} y1={y(tick)} y2={y(tick)} className={css.grid} />
              <text x={right} y={y(tick) - 4} textAnchor="end" className={css.tick}>
                {format.value(tick, unit)}
              </text>
            </g>
          ))}
          <path d={bandPath(line('p95'), line('p05'))} className={css.band} />
          <path d={bandPath(line('p75'), line('p25'))} className={css.band} />
          <path d={linePath(line('p50'))} className={css.thin} />
          <line x1={0} x2={right} y1={y(target)} y2={y(target)} className={css.target} />
          <text x={4} y={y(target) - 5} className={css.targetLabel}>
            {t('chart.target', { value: format.value(target, unit) })}
          </text>
          <path d={linePath(points.map((p) => [x(ms(p.at)), y(p.value)]))} className={css.line} />
          {last && (
            <g>
              <circle cx={x(ms(last.at))} cy={y(last.value)} r="3.5" className={css.dot} />
              <text x={x(ms(last.at)) + 8} y={y(last.value) + 16} className={css.label}>
                {format.value(last.value, unit)}
              </text>
            </g>
          )}
          <text x={right} y={height - 5} textAnchor="end" className={css.tick}>
            {t('chart.due', { date: format.day(due) })}
          </text>
          <text x={4} y={height - 5} className={css.tick}>
            {format.day(new Date(Math.min(...times)).toISOString())}
          </text>
        </svg>
      </div>
    </ChartFrame>
  )
}
