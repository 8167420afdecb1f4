/** @file A small grey picture drawn from its pixels. */
import { useEffect, useRef } from 'react'

interface DigitProps {
  pixels: readonly number[]
  label: string
  size?: number
}

export function Digit({ pixels, label, size = 56 }: DigitProps) {
  const ref = useRef<HTMLCanvasElement>(null)
  const side = Math.round(Math.sqrt(pixels.length))
  useEffect(() => {
    const context = ref.current?.getContext('2d')
    if (!context) return
    const image = context.createImageData(side, side)
    for (const [i, pixel] of pixels.entries())
      image.data.set([255 - pixel, 255 - pixel, 255 - pixel, 255], i * 4)
    context.putImageData(image, 0, 0)
  }, [pixels, side])
  return (
    <canvas
      ref={ref}
      width={side}
      height={side}
      role="img"
      aria-label={label}
      style={{ width: size, height: size, imageRendering: 'pixelated', border: '1px solid var(--line)' }}
    />
  )
}
