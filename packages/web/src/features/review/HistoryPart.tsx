/** @file The history of turns: how well each predicted itself, against what a perfect forecaster would show. */
import type { TrackRecord } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ChartFrame } from '../../ui/chart/ChartFrame.tsx'
import chart from '../../ui/chart/chart.module.css'
import { linearScale, linePath } from '../../ui/chart/scale.ts'
import { useSize } from '../../ui/chart/useSize.ts'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import css from './review.module.css'
import { trackRecord } from './review.queries.ts'
import { ideal, pointsOf, type Score, scores } from './sitting.view.ts'

const HEIGHT = 132
const RIGHT = 56

export function HistoryPart() {
  const { t } = useTranslation()
  const turns = useQuery(trackRecord())
  return (
    <Panel id="history" title={t('turns.title')} aside={t('turns.aside')}>
      <QueryView query={turns}>
        {(record) =>
          record.turns.length === 0 ? (
            <p className={chart.note}>{t('turns.none')}</p>
          ) : (
            <div className={css.turns}>
              {scores.map((score) => (
                <TurnChart key={score} record={record} score={score} />
              ))}
            </div>
          )
        }
      </QueryView>
    </Panel>
  )
}

function TurnChart({ record, score }: { record: TrackRecord; score: Score }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [ref, width] = useSize(320)
  const points = pointsOf(record, score)
  const show = (value: number) =>
    score === 'coverage' || score === 'budget' || score === 'value'
      ? format.percent(value, 0)
      : score === 'estimates'
        ? `× ${format.number(value)}`
        : format.number(value)
  const goal = ideal[score]
  const { verdict, slope } = record.trends[score]
  const values = points.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value])
  const [least, most] = [Math.min(goal, ...values), Math.max(goal, ...values)]
  const pad = Math.max(0.02, 0.1 * (most - least))
  const numbers = record.turns.map(({ number }) => number)
  const x = linearScale([Math.min(...numbers), Math.max(...numbers)], [16, width - RIGHT])
  const y = linearScale([Math.max(least - pad, least < 0 ? least - pad : 0), most + pad], [HEIGHT - 22, 8], 3)
  return (
    <ChartFrame
      level={3}
      title={t(`turns.${score}`)}
      aside={<span data-verdict={verdict}>{t(`turns.verdict.${verdict}`)}</span>}
      note={
        points.length === 0
          ? t('turns.noPoints')
          : verdict === 'few'
            ? t(`turns.read.${score}`)
            : `${t(`turns.read.${score}`)} ${t('turns.slope', { slope: `${slope > 0 ? '+' : ''}${format.number(slope)}` })}`
      }
      table={{
        columns: [t('turns.turn'), t(`turns.${score}`), t('turns.interval'), t('turns.count')],
        rows: points.map(({ turn, name, value, low, high, count }) => [
          `${turn} ${name}`,
          show(value),
          low === null || high === null ? '' : `${show(low)} – ${show(high)}`,
          count ?? '',
        ]),
      }}
    >
      <div ref={ref} className={chart.canvas}>
        {points.length > 0 && (
          <svg width={width} height={HEIGHT} role="img" aria-label={t(`turns.${score}`)}>
            {y.ticks.map((tick) => (
              <g key={tick}>
                <line x1={0} x2={width - RIGHT + 8} y1={y(tick)} y2={y(tick)} className={chart.grid} />
                <text x={width - RIGHT + 14} y={y(tick) + 4} className={chart.tick}>
                  {show(tick)}
                </text>
              </g>
            ))}
            <line x1={0} x2={width - RIGHT + 8} y1={y(goal)} y2={y(goal)} className={css.goal} />
            {points.length > 1 && (
              <path
                d={linePath(points.map(({ turn, value }) => [x(turn), y(value)]))}
                className={css.turnLine}
              />
            )}
            {points.map(({ turn, name, value, low, high, closed }) => (
              <g key={turn}>
                {low !== null && high !== null && (
                  <line x1={x(turn)} x2={x(turn)} y1={y(low)} y2={y(high)} className={css.interval} />
                )}
                <circle cx={x(turn)} cy={y(value)} r={3.5} className={closed ? css.closed : css.provisional}>
                  <title>{`${turn} ${name}: ${show(value)}`}</title>
                </circle>
              </g>
            ))}
            {numbers
              .filter((_, i) => i === 0 || i === numbers.length - 1 || numbers.length < 8)
              .map((n) => (
                <text key={n} x={x(n)} y={HEIGHT - 4} textAnchor="middle" className={chart.tick}>
                  {n}
                </text>
              ))}
          </svg>
        )}
      </div>
    </ChartFrame>
  )
}
