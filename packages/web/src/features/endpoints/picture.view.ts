/** @file A drawing as the model expects it: 28 x 28 grey values, the digit scaled to 20 and centred by mass. */

export const SIDE = 28
const BOX = 20

export interface Ink {
  width: number
  height: number
  /** 0 (paper) to 1 (ink), row by row. */
  values: Float32Array
}

/**
 * Follows how MNIST was made: the bounding box is scaled to fit 20 x 20 with its proportions kept,
 * smoothed by averaging, then placed so that its centre of mass lies in the middle of 28 x 28.
 *
 * @returns 784 values from 0 to 1, or null when there is no ink.
 * @see LeCun et al., http://yann.lecun.com/exdb/mnist/
 */
export function normalised(ink: Ink): Float32Array | null {
  const box = boundsOf(ink)
  if (!box) return null
  const scale = BOX / Math.max(box.width, box.height)
  const small = shrink(ink, box, scale)
  const centre = massOf(small)
  return placed(small, SIDE / 2 - centre.x, SIDE / 2 - centre.y)
}

interface Box {
  x: number
  y: number
  width: number
  height: number
}

export function boundsOf({ width, height, values }: Ink, threshold = 0.1): Box | null {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      if (values[y * width + x]! < threshold) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

/** Each target pixel is the mean of the area it covers. */
function shrink(ink: Ink, box: Box, scale: number): Ink {
  const width = Math.max(1, Math.round(box.width * scale))
  const height = Math.max(1, Math.round(box.height * scale))
  const values = new Float32Array(width * height)
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const [x0, x1] = [box.x + (x * box.width) / width, box.x + ((x + 1) * box.width) / width]
      const [y0, y1] = [box.y + (y * box.height) / height, box.y + ((y + 1) * box.height) / height]
      values[y * width + x] = meanOver(ink, x0, x1, y0, y1)
    }
  return { width, height, values }
}

function meanOver({ width, values }: Ink, x0: number, x1: number, y0: number, y1: number): number {
  let total = 0
  let area = 0
  for (let y = Math.floor(y0); y < Math.ceil(y1); y += 1)
    for (let x = Math.floor(x0); x < Math.ceil(x1); x += 1) {
      const part = (Math.min(x + 1, x1) - Math.max(x, x0)) * (Math.min(y + 1, y1) - Math.max(y, y0))
      total += (values[y * width + x] ?? 0) * part
      area += part
    }
  return area > 0 ? total / area : 0
}

function massOf({ width, values }: Ink): { x: number; y: number } {
  let [x, y, total] = [0, 0, 0]
  for (const [i, value] of values.entries()) {
    x += value * ((i % width) + 0.5)
    y += value * (Math.floor(i / width) + 0.5)
    total += value
  }
  return { x: x / total, y: y / total }
}

function placed(small: Ink, dx: number, dy: number): Float32Array {
  const picture = new Float32Array(SIDE * SIDE)
  const [left, top] = [Math.round(dx), Math.round(dy)]
  for (let y = 0; y < small.height; y += 1)
    for (let x = 0; x < small.width; x += 1) {
      const [px, py] = [x + left, y + top]
      if (px >= 0 && px < SIDE && py >= 0 && py < SIDE)
        picture[py * SIDE + px] = small.values[y * small.width + x]!
    }
  return picture
}

/** Probabilities of the classes, from probabilities or from logits. */
export function probabilitiesOf(outputs: readonly number[]): number[] {
  const sum = outputs.reduce((total, value) => total + value, 0)
  if (outputs.every((value) => value >= 0) && Math.abs(sum - 1) < 1e-3) return [...outputs]
  const most = Math.max(...outputs)
  const exps = outputs.map((value) => Math.exp(value - most))
  const total = exps.reduce((a, b) => a + b, 0)
  return exps.map((value) => value / total)
}

export interface ModelInput {
  name: string
  datatype: string
  shape: number[]
}

/** The request for one picture with values 0 to 1, in the type and shape that the model's input declares. */
export function inferBody({ name, datatype, shape }: ModelInput, picture: Float32Array, side: number) {
  const real = datatype.startsWith('FP')
  const sizes = shape.length === 4 ? [1, 1, side, side] : [1, side, side]
  const data = Array.from(picture, (value) =>
    real ? Math.round(value * 1e4) / 1e4 : Math.round(value * 255),
  )
  return { inputs: [{ name, datatype, shape: sizes, data }] }
}
