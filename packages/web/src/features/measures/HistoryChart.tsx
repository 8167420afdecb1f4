/** @file A measure's history: what was measured as a line, what people said as hollow marks on it. */
import type { Measure, Point } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { ChartFrame } from '../../ui/chart/ChartFrame.tsx'
import chart from '../../ui/chart/chart.module.css'
import { linearScale, linePath, type XY } from '../../ui/chart/scale.ts'
import { useSize } from '../../ui/chart/useSize.ts'
import { useFormat } from '../../ui/useFormat.ts'
import css from './measures.module.css'
import { drawn } from './measures.view.ts'

const HEIGHT = 220
const RIGHT = 72
const LISTED = 200

export function HistoryChart({ measure, points }: { measure: Measure; points: readonly Point[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [ref, width] = useSize(640)
  const picture = drawn(points)
  if (!picture) return <p className={chart.note}>{t('measures.noPoints')}</p>
  const show = (value: number) => format.value(value, measure.unit)
  const x = linearScale(picture.domain, [8, width - RIGHT])
  const y = linearScale(picture.range, [HEIGHT - 28, 12])
  const place = ({ at, value }: { at: number; value: number }): XY => [x(at), y(value)]
  const [first, last] = [points[0]!, points.at(-1)!]
  return (
    <ChartFrame
      title={t('measures.history')}
      aside={`${format.date(first.at)} – ${format.date(last.at)}`}
      table={{
        columns: [t('measures.at'), t('measures.value')],
        rows: points.slice(-LISTED).map(({ at, value }) => [format.dateTime(at), show(value)]),
      }}
    >
      <div ref={ref} className={chart.canvas}>
        <svg width={width} height={HEIGHT} role="img" aria-label={t('measures.history')}>
          {y.ticks.map((tick) => (
            <g key={tick}>
              <line x1={8} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} className={chart.grid} />
              <text x={width - RIGHT + 6} y={y(tick) + 4} className={chart.tick}>
                {show(tick)}
              </text>
            </g>
          ))}
          <path d={linePath(picture.line.map(place))} className={css.line} />
          {picture.points
            .filter(({ point }) => picture.dots || point.origin !== 'measured')
            .map(({ point, ...at }) => (
              <circle
                key={`${point.at} ${point.id ?? at.value}`}
                cx={place(at)[0]}
                cy={place(at)[1]}
                r={3}
                className={
                  point.override ? css.overridden : point.origin === 'measured' ? css.dot : css.typed
                }
              />
            ))}
        </svg>
      </div>
    </ChartFrame>
  )
}
