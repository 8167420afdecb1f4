/** @file The loss exceedance curve: the chance that a year costs more than an amount, before and now. */
import type { RiskSimulation } from '@capstan/api'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../useFormat.ts'
import { ChartFrame } from './ChartFrame.tsx'
import css from './chart.module.css'
import { linearScale, linePath, logScale } from './scale.ts'
import { useSize } from './useSize.ts'

type Part = Pick<RiskSimulation, 'exceedance' | 'ale' | 'var95' | 'es95'>

interface ExceedanceCurveProps {
  title: ReactNode
  now: Part
  before?: Pick<Part, 'exceedance'> | null
  /** Losses with the chance that is tolerated for each, and whether the curve keeps within. */
  appetite?: readonly { loss: number; chance: number; within: boolean }[]
  aside?: ReactNode
  height?: number
}

export function ExceedanceCurve({
  title,
  now,
  before,
  appetite = [],
  aside,
  height = 248,
}: ExceedanceCurveProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [ref, width] = useSize()
  const [hover, setHover] = useState<number | null>(null)
  const points = [...now.exceedance, ...(before?.exceedance ?? []), ...appetite].filter(
    (p) => p.loss > 0 && p.chance >= 0.002,
  )
  const low = Math.max(1, Math.min(...points.map((p) => p.loss)))
  const high = Math.max(low * 10, ...points.map((p) => p.loss))
  const top = Math.min(1, Math.max(0.1, ...points.map((p) => p.chance)) * 1.08)
  const x = logScale([low, high], [0, width - 48])
  const y = linearScale([0, top], [height - 24, 10])
  const path = (part: Pick<Part, 'exceedance'>) =>
    linePath(
      part.exceedance.filter((p) => p.loss >= low && p.chance >= 0.002).map((p) => [x(p.loss), y(p.chance)]),
    )
  const loss = hover === null ? null : x.invert(Math.min(hover, width - 48))
  return (
    <ChartFrame
      title={title}
      aside={aside}
      table={{
        columns: [t('chart.loss'), t('chart.chanceNow')],
        rows: now.exceedance.map((p) => [format.money(p.loss), format.percent(p.chance)]),
      }}
    >
      <div ref={ref} className={css.canvas}>
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={t('chart.exceedanceLabel', {
            ale: format.money(now.ale),
            var95: format.money(now.var95),
          })}
          onPointerMove={(event) =>
            setHover(event.clientX - event.currentTarget.getBoundingClientRect().left)
          }
          onPointerLeave={() => setHover(null)}
        >
          {y.ticks.map((tick) => (
            <g key={tick}>
              <line
                x1={0}
                x2={width - 48}
                y1={y(tick)}
                y2={y(tick)}
                className={tick === 0 ? css.axis : css.grid}
              />
              <text x={width - 42} y={y(tick) + 4} className={css.tick}>
                {format.percent(tick, 0)}
              </text>
            </g>
          ))}
          {x.ticks.map((tick) => (
            <text
              key={tick}
              x={x(tick)}
              y={height - 7}
              textAnchor={x(tick) < 16 ? 'start' : 'middle'}
              className={css.tick}
            >
              {format.money(tick)}
            </text>
          ))}
          {before && <path d={path(before)} className={css.before} />}
          <path d={path(now)} className={css.line} />
          {appetite.length > 0 && (
            <path
              d={appetitePath(appetite, { x, y, left: low, right: high, top })}
              className={css.appetite}
            />
          )}
          {appetite
            .filter((p) => p.loss >= low)
            .map((p) => (
              <circle
                key={p.loss}
                cx={x(p.loss)}
                cy={y(Math.min(top, p.chance))}
                r="3.5"
                className={p.within ? css.within : css.beyond}
              >
                <title>
                  {t(p.within ? 'chart.appetiteWithin' : 'chart.appetiteBeyond', {
                    loss: format.money(p.loss),
                    chance: format.percent(p.chance),
                  })}
                </title>
              </circle>
            ))}
          {loss === null ? (
            now.var95 > low && (
              <g>
                <circle cx={x(now.var95)} cy={y(0.05)} r="3.5" className={css.dot} />
                <line
                  x1={x(now.var95)}
                  x2={x(now.var95)}
                  y1={y(top * 0.56) + 6}
                  y2={y(0)}
                  className={css.cross}
                />
                <text
                  x={Math.min(width - 48, x(now.var95) + 70)}
                  y={y(top * 0.56)}
                  textAnchor="end"
                  className={css.label}
                >
                  {t('chart.oneInTwenty', { loss: format.money(now.var95) })}
                </text>
              </g>
            )
          ) : (
            <g pointerEvents="none">
              <line x1={x(loss)} x2={x(loss)} y1={10} y2={y(0)} className={css.cross} />
              <text
                x={x(loss) + (x(loss) > width / 2 ? -8 : 8)}
                y={22}
                textAnchor={x(loss) > width / 2 ? 'end' : 'start'}
                className={css.label}
              >
                {t('chart.exceedanceReading', {
                  loss: format.money(loss),
                  chance: format.percent(chanceAt(now, loss)),
                })}
              </text>
            </g>
          )}
        </svg>
      </div>
    </ChartFrame>
  )
}

interface Frame {
  x: (loss: number) => number
  y: (chance: number) => number
  left: number
  right: number
  top: number
}

/** A stair: each tolerated chance holds from its loss up to the next. */
function appetitePath(
  points: readonly { loss: number; chance: number }[],
  { x, y, left, right, top }: Frame,
): string {
  const corners = points.flatMap(({ loss, chance }, i): [number, number][] => {
    const from = Math.max(left, loss)
    const to = Math.max(left, points[i + 1]?.loss ?? right)
    const height = y(Math.min(top, chance))
    return [
      [x(from), height],
      [x(to), height],
    ]
  })
  return linePath(corners)
}

/** Chance that a year's loss exceeds an amount, between the simulated points. */
export function chanceAt({ exceedance }: Pick<Part, 'exceedance'>, loss: number): number {
  const after = exceedance.findIndex((p) => p.loss >= loss)
  if (after < 0) return 0
  const b = exceedance[after]!
  const a = exceedance[after - 1]
  if (!a || b.loss === a.loss) return b.chance
  return a.chance + ((b.chance - a.chance) * (loss - a.loss)) / (b.loss - a.loss)
}
