/** @file A pad to draw a digit on, read as MNIST's pictures are: 28 x 28, the digit in a 20 x 20 box about its centre of mass. */

export function drawingPad(
  canvas: HTMLCanvasElement,
  onStroke: (pixels: Float32Array) => void,
): { clear(): void } {
  const pen = canvas.getContext('2d', { willReadFrequently: true })!
  pen.lineWidth = 20
  pen.lineCap = 'round'
  pen.lineJoin = 'round'
  pen.strokeStyle = '#fff'
  const at = ({ clientX, clientY }: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect()
    return [
      ((clientX - box.left) * canvas.width) / box.width,
      ((clientY - box.top) * canvas.height) / box.height,
    ]
  }
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId)
    pen.beginPath()
    pen.moveTo(...at(event))
  })
  canvas.addEventListener('pointermove', (event) => {
    if (event.buttons === 0) return
    pen.lineTo(...at(event))
    pen.stroke()
  })
  canvas.addEventListener('pointerup', () => {
    const pixels = asMnist(canvas, pen)
    if (pixels !== null) onStroke(pixels)
  })
  return { clear: () => pen.clearRect(0, 0, canvas.width, canvas.height) }
}

/** Null where nothing is drawn. */
function asMnist(canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D): Float32Array | null {
  const { width, height } = canvas
  const alpha = pen.getImageData(0, 0, width, height).data
  let [minX, maxX, minY, maxY, mass, sumX, sumY] = [width, -1, height, -1, 0, 0, 0]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const a = alpha[4 * (y * width + x) + 3]!
      if (a === 0) continue
      ;[minX, maxX, minY, maxY] = [Math.min(minX, x), Math.max(maxX, x), Math.min(minY, y), Math.max(maxY, y)]
      mass += a
      sumX += a * x
      sumY += a * y
    }
  if (mass === 0) return null
  const scale = 20 / Math.max(maxX - minX + 1, maxY - minY + 1)
  const small = new OffscreenCanvas(28, 28).getContext('2d')!
  small.imageSmoothingQuality = 'high'
  small.translate(14 - (scale * sumX) / mass, 14 - (scale * sumY) / mass)
  small.scale(scale, scale)
  small.drawImage(canvas, 0, 0)
  const scaled = small.getImageData(0, 0, 28, 28).data
  return Float32Array.from({ length: 784 }, (_, i) => scaled[4 * i + 3]! / 255)
}
