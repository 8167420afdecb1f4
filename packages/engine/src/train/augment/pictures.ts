/** @file Augmentations of pictures [channels, height, width]. */
import type { Random } from '../../random.ts'
import type { Column } from '../dataset.ts'
import { type Augmentation, expectPicture, normal, pictureOf, refuse, type Sample } from './augment.ts'

const between = (random: Random, low: number, high: number): number => low + (high - low) * random()
const probable = (p: number): boolean => p >= 0 && p <= 1

function ofPictures(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  floats: boolean,
  apply: (sample: Sample) => void,
): Augmentation {
  return { name, settings, floats, check: (shape) => expectPicture(name, shape), apply }
}

/** Surrounds the picture with `padding` pixels of `fill` and cuts its own size out again at a random place. */
export function randomCrop({ padding, fill = 0 }: { padding: number; fill?: number }): Augmentation {
  refuse('randomCrop', Number.isSafeInteger(padding) && padding > 0, `padding ${padding}`, 'Use 4, say.')
  return ofPictures('randomCrop', { padding, fill }, false, ({ values, shape, random, scratch }) => {
    const { channels, height, width } = pictureOf(shape)
    const down = Math.floor(random() * (2 * padding + 1)) - padding
    const right = Math.floor(random() * (2 * padding + 1)) - padding
    if (down === 0 && right === 0) return
    scratch.set(values)
    values.fill(fill)
    const [from, to] = [Math.max(0, right), Math.min(width, width + right)]
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        const source = y + down
        if (source < 0 || source >= height) continue
        const row = (c * height + source) * width
        values.set(scratch.subarray(row + from, row + to), (c * height + y) * width + from - right)
      }
    }
  })
}

/** Mirrors left and right with this chance. */
export function horizontalFlip({ chance = 0.5 }: { chance?: number } = {}): Augmentation {
  refuse('horizontalFlip', probable(chance), `chance ${chance}`, 'Use 0 to 1.')
  return ofPictures('horizontalFlip', { chance }, false, ({ values, shape, random }) => {
    if (random() >= chance) return
    const width = shape[2]!
    for (let at = 0; at < values.length; at += width) values.subarray(at, at + width).reverse()
  })
}

/** Fills a random square of `size` pixels, cut off at the edges (DeVries and Taylor, 2017). */
export function cutout({ size, fill = 0 }: { size: number; fill?: number }): Augmentation {
  refuse('cutout', Number.isSafeInteger(size) && size > 0, `size ${size}`, 'Use 8, say.')
  return ofPictures('cutout', { size, fill }, false, ({ values, shape, random }) => {
    const { channels, height, width } = pictureOf(shape)
    const top = Math.floor(random() * height) - (size >> 1)
    const left = Math.floor(random() * width) - (size >> 1)
    for (let c = 0; c < channels; c++)
      for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
        const row = (c * height + y) * width
        values.fill(fill, row + Math.max(0, left), row + Math.max(0, Math.min(width, left + size)))
      }
  })
}

export interface AffineOptions {
  /** Turns by up to so many degrees either way. */
  readonly degrees?: number
  /** Moves by up to this part of the height and width. */
  readonly translate?: number
  /** Enlarges by a factor in this range. */
  readonly scale?: readonly [low: number, high: number]
  /** Shears by up to so many degrees either way, along the rows. */
  readonly shear?: number
  /** What lies outside the picture. */
  readonly fill?: number
}

/** A random rotation, shift, enlargement and shear about the centre, with bilinear interpolation. */
export function randomAffine(options: AffineOptions): Augmentation {
  const { degrees = 0, translate = 0, scale = [1, 1], shear = 0, fill = 0 } = options
  refuse('randomAffine', degrees >= 0 && degrees <= 180, `degrees ${degrees}`, 'Use 0 to 180.')
  refuse('randomAffine', translate >= 0 && translate <= 1, `translate ${translate}`, 'Use 0 to 1.')
  refuse(
    'randomAffine',
    scale[0] > 0 && scale[1] >= scale[0],
    `scale ${scale.join()}`,
    'Use [0.9, 1.1], say.',
  )
  refuse('randomAffine', shear >= 0 && shear < 90, `shear ${shear}`, 'Use 0 to 89.')
  const settings = { degrees, translate, scale, shear, fill }
  return ofPictures('randomAffine', settings, false, ({ values, shape, random, scratch }) => {
    const { height, width } = pictureOf(shape)
    const angle = (between(random, -degrees, degrees) * Math.PI) / 180
    const lean = Math.tan((between(random, -shear, shear) * Math.PI) / 180)
    const larger = between(random, scale[0], scale[1])
    const right = between(random, -translate, translate) * width
    const down = between(random, -translate, translate) * height
    // From a pixel of the result back to the picture: the inverse of rotate · shear · scale.
    const [cos, sin] = [Math.cos(angle) / larger, Math.sin(angle) / larger]
    const inverse = [cos - lean * -sin, sin - lean * cos, -sin, cos] as const
    scratch.set(values)
    warp(scratch, values, shape, inverse, right, down, fill)
  })
}

/** A random rotation by up to so many degrees either way. */
export const randomRotation = (degrees: number, fill = 0): Augmentation => randomAffine({ degrees, fill })

function warp(
  from: Column,
  to: Column,
  shape: readonly number[],
  [xx, xy, yx, yy]: readonly [number, number, number, number],
  right: number,
  down: number,
  fill: number,
): void {
  const { channels, height, width } = pictureOf(shape)
  const whole = !(to instanceof Float32Array)
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2]
  const plane = height * width
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = x - middleX - right
      const dy = y - middleY - down
      const sx = xx * dx + xy * dy + middleX
      const sy = yx * dx + yy * dy + middleY
      const x0 = Math.floor(sx)
      const y0 = Math.floor(sy)
      const fx = sx - x0
      const fy = sy - y0
      const inX0 = x0 >= 0 && x0 < width
      const inX1 = x0 + 1 >= 0 && x0 + 1 < width
      const inY0 = y0 >= 0 && y0 < height
      const inY1 = y0 + 1 >= 0 && y0 + 1 < height
      const at = y0 * width + x0
      for (let c = 0; c < channels; c++) {
        const p = c * plane + at
        const a = inY0 && inX0 ? from[p]! : fill
        const b = inY0 && inX1 ? from[p + 1]! : fill
        const d = inY1 && inX0 ? from[p + width]! : fill
        const e = inY1 && inX1 ? from[p + width + 1]! : fill
        const value = (a * (1 - fx) + b * fx) * (1 - fy) + (d * (1 - fx) + e * fx) * fy
        to[c * plane + y * width + x] = whole ? Math.round(value) : value
      }
    }
  }
}

/** (x - mean) / deviation per channel, of scaled values; validation samples get it too. */
export function normalise(options: { mean: readonly number[]; deviation: readonly number[] }): Augmentation {
  const { mean, deviation } = options
  refuse(
    'normalise',
    mean.length === deviation.length &&
      [...mean, ...deviation].every(Number.isFinite) &&
      deviation.every((d) => d > 0),
    'mean and deviation must be finite, one per channel, deviations above 0',
    'Use the mean and standard deviation of the training data.',
  )
  return {
    name: 'normalise',
    settings: { mean, deviation },
    floats: true,
    always: true,
    check: (shape) =>
      refuse(
        'normalise',
        shape[0] === mean.length,
        `${mean.length} means, but samples of shape [${shape.join(', ')}]`,
        'Give one mean and deviation per channel, the first axis.',
      ),
    apply({ values }) {
      const size = values.length / mean.length
      mean.forEach((m, c) => {
        const by = 1 / deviation[c]!
        for (let i = c * size; i < (c + 1) * size; i++) values[i] = (values[i]! - m) * by
      })
    },
  }
}

/**
 * Multiplies contrast about the picture's mean and then brightness, each by a random factor in 1 ± its option. Values
 * stay as they come: they are not cut off at 1.
 */
export function colourJitter(options: { brightness?: number; contrast?: number }): Augmentation {
  const { brightness = 0, contrast = 0 } = options
  refuse('colourJitter', probable(brightness), `brightness ${brightness}`, 'Use 0 to 1.')
  refuse('colourJitter', probable(contrast), `contrast ${contrast}`, 'Use 0 to 1.')
  return ofPictures('colourJitter', { brightness, contrast }, true, ({ values, random }) => {
    const light = between(random, 1 - brightness, 1 + brightness)
    const sharp = between(random, 1 - contrast, 1 + contrast)
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += values[i]!
    const shift = (sum / values.length) * (1 - sharp)
    for (let i = 0; i < values.length; i++) values[i] = (values[i]! * sharp + shift) * light
  })
}

/** Adds normal noise of this standard deviation to every value; samples of any shape. */
export function gaussianNoise({ deviation }: { deviation: number }): Augmentation {
  refuse(
    'gaussianNoise',
    deviation >= 0 && Number.isFinite(deviation),
    `deviation ${deviation}`,
    'Use 0.1, say.',
  )
  return {
    name: 'gaussianNoise',
    settings: { deviation },
    floats: true,
    check() {},
    apply({ values, random }) {
      for (let i = 0; i < values.length; i++) values[i]! += deviation * normal(random)
    },
  }
}
