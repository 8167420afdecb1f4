/** @file The learning curve to zoom into, by ECharts; loaded only on a run's own page. */
import type { MetricPoint } from '@capstan/api'
import { useComputedColorScheme } from '@mantine/core'
import { LineChart } from 'echarts/charts'
import { DataZoomComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type CurveRun, curveOf } from '../../ui/chart/curve.view.ts'
import { useFormat } from '../../ui/useFormat.ts'

use([LineChart, GridComponent, TooltipComponent, DataZoomComponent, LegendComponent, CanvasRenderer])

export function ZoomableCurve({ points, run }: { points: readonly MetricPoint[]; run: CurveRun }) {
  const { t } = useTranslation()
  const format = useFormat()
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<ReturnType<typeof init> | null>(null)

  useEffect(() => {
    if (!box.current) return
    const made = init(box.current)
    chart.current = made
    const observer = new ResizeObserver(() => made.resize())
    observer.observe(box.current)
    return () => {
      observer.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew when the scheme changes
  useEffect(() => {
    const curve = curveOf(points, run)
    const style = getComputedStyle(document.documentElement)
    const color = (name: string) => style.getPropertyValue(name).trim()
    const axis = {
      axisLabel: {
        color: color('--ink-3'),
        fontSize: 11,
        hideOverlap: true,
        formatter: (v: number) => format.number(v),
      },
      axisLine: { lineStyle: { color: color('--line-strong') } },
      splitLine: { lineStyle: { color: color('--line') } },
    }
    const line = (
      name: string,
      data: readonly (readonly number[])[],
      stroke: string,
      width: number,
      opacity = 1,
    ) => ({
      type: 'line' as const,
      name,
      data: data.map((pair) => [...pair]),
      showSymbol: false,
      sampling: 'minmax' as const,
      itemStyle: { color: stroke },
      lineStyle: { width, color: stroke, opacity },
      emphasis: { disabled: true },
    })
    chart.current?.setOption({
      animation: false,
      textStyle: { fontFamily: style.getPropertyValue('--font') },
      grid: { left: 8, right: 16, top: 32, bottom: 72, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 16, textStyle: { color: color('--ink-2'), fontSize: 12 } },
      tooltip: {
        trigger: 'axis',
        backgroundColor: color('--panel'),
        borderColor: color('--line-strong'),
        textStyle: { color: color('--ink'), fontSize: 12 },
        valueFormatter: (value: unknown) => (typeof value === 'number' ? format.loss(value) : String(value)),
      },
      xAxis: {
        type: 'value',
        min: 0,
        max: curve.steps,
        name: t('chart.step'),
        nameLocation: 'middle',
        nameGap: 24,
        nameTextStyle: { color: color('--ink-3') },
        ...axis,
      },
      yAxis: {
        type: 'log',
        min: Math.max(1e-6, 0.4 * Math.min(1, ...curve.smoothed.map(([, v]) => v))),
        ...axis,
      },
      dataZoom: [
        { type: 'inside', filterMode: 'none' },
        {
          type: 'slider',
          height: 20,
          bottom: 8,
          filterMode: 'none',
          brushSelect: false,
          moveHandleSize: 0,
          showDataShadow: false,
          handleStyle: { color: color('--panel'), borderColor: color('--sea-line') },
          emphasis: { handleStyle: { borderColor: color('--sea') } },
          borderColor: color('--line'),
          fillerColor: `${color('--sea')}22`,
          textStyle: { color: color('--ink-3') },
        },
      ],
      series: [
        line(t('runs.batchLoss'), curve.raw, color('--sea-line'), 1, 0.35),
        line(t('runs.smoothed'), curve.smoothed, color('--sea'), 1.8),
        {
          ...line(
            t('chart.validationLoss'),
            curve.validation.map((v) => [v.step, v.loss]),
            color('--brass-line'),
            1.2,
          ),
          showSymbol: true,
          symbolSize: 6,
        },
      ],
    })
  }, [points, run, scheme, format, t])

  return <div ref={box} style={{ height: 360 }} role="img" aria-label={t('loop.curve')} />
}
