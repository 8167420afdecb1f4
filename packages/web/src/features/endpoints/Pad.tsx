/** @file A pad to draw on with mouse, pen or finger. */
import { type PointerEvent, type Ref, useImperativeHandle, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import css from './endpoints.module.css'
import type { Ink } from './picture.view.ts'

const SIZE = 280
const PEN = 22

export interface PadHandle {
  clear(): void
}

interface PadProps {
  ref: Ref<PadHandle>
  /** Called when a stroke ends, with all the ink there is. */
  onInk: (ink: Ink) => void
}

export function Pad({ ref, onInk }: PadProps) {
  const { t } = useTranslation()
  const canvas = useRef<HTMLCanvasElement>(null)
  const last = useRef<[number, number] | null>(null)
  useImperativeHandle(ref, () => ({
    clear: () => canvas.current?.getContext('2d')?.clearRect(0, 0, SIZE, SIZE),
  }))

  const at = (event: PointerEvent<HTMLCanvasElement>): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect()
    return [((event.clientX - box.left) / box.width) * SIZE, ((event.clientY - box.top) / box.height) * SIZE]
  }
  const stroke = (from: [number, number], to: [number, number]) => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    context.lineWidth = PEN
    context.lineCap = 'round'
    context.lineJoin = 'round'
    context.strokeStyle = getComputedStyle(context.canvas).color
    context.beginPath()
    context.moveTo(...from)
    context.lineTo(...to)
    context.stroke()
  }
  const begin = (event: PointerEvent<HTMLCanvasElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId)
    last.current = at(event)
    stroke(last.current, last.current)
  }
  const follow = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!last.current) return
    const next = at(event)
    stroke(last.current, next)
    last.current = next
  }
  const end = () => {
    if (!last.current) return
    last.current = null
    const context = canvas.current?.getContext('2d', { willReadFrequently: true })
    if (context) onInk(inkOf(context))
  }

  return (
    <canvas
      ref={canvas}
      width={SIZE}
      height={SIZE}
      className={css.pad}
      aria-label={t('try.pad')}
      onPointerDown={begin}
      onPointerMove={follow}
      onPointerUp={end}
      onPointerCancel={end}
    />
  )
}

function inkOf(context: CanvasRenderingContext2D): Ink {
  const { data } = context.getImageData(0, 0, SIZE, SIZE)
  return {
    width: SIZE,
    height: SIZE,
    values: Float32Array.from({ length: SIZE * SIZE }, (_, i) => data[i * 4 + 3]! / 255),
  }
}
